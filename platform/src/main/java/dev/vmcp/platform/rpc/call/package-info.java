/// One RPC, whatever its wire protocol: an `io.grpc.ServerCall` over an Armeria exchange. What
/// handlers and observers see is [CallInfo], [CallRecord] and [RpcObserver]; the rest serves the
/// framings.
@NullMarked
package dev.vmcp.platform.rpc.call;

import org.jspecify.annotations.NullMarked;
