/// Copies of a host's records in one file, taken while it runs, and put back.
@NullMarked
package dev.vmcp.host.backup;

import org.jspecify.annotations.NullMarked;
