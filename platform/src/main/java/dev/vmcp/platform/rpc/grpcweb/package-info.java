/// gRPC-Web, binary and text: gRPC whose trailers stand in a last envelope, for browsers.
@NullMarked
package dev.vmcp.platform.rpc.grpcweb;

import org.jspecify.annotations.NullMarked;
