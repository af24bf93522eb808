/// Traces and metrics by OpenTelemetry: what is recorded, what of it leaves the process, and the
/// same for every RPC call.
@NullMarked
package dev.vmcp.platform.telemetry.otel;

import org.jspecify.annotations.NullMarked;
