/// Who calls, whether the call is allowed, and the record of it.
@NullMarked
package dev.vmcp.host.access;

import org.jspecify.annotations.NullMarked;
