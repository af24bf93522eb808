/// RPC services of the host and their mapping to the model; the only place that sees generated
/// types.
@NullMarked
package dev.vmcp.host.endpoint;

import org.jspecify.annotations.NullMarked;
