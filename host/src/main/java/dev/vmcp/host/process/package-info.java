/// Launching, identifying, adopting and ending OS processes, without a platform thread each.
@NullMarked
package dev.vmcp.host.process;

import org.jspecify.annotations.NullMarked;
