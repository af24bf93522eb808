/// The loop per VM: observe, plan, step; deadlines; answers to callers.
@NullMarked
package dev.vmcp.host.keeper;

import org.jspecify.annotations.NullMarked;
