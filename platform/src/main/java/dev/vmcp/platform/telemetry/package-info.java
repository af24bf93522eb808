/// What a process tells about itself: logs on standard output.
@NullMarked
package dev.vmcp.platform.telemetry;

import org.jspecify.annotations.NullMarked;
