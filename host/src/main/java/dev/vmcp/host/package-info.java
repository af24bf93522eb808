/// One machine: builds the rooms of the host and joins them.
@NullMarked
package dev.vmcp.host;

import org.jspecify.annotations.NullMarked;
