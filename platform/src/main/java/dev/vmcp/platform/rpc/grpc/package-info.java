/// gRPC over HTTP/2: the end of a call stands in HTTP trailers.
@NullMarked
package dev.vmcp.platform.rpc.grpc;

import org.jspecify.annotations.NullMarked;
