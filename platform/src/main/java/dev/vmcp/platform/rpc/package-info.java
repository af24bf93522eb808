/// An RPC server for grpc-java services that speaks Connect, gRPC and gRPC-Web on one port.
///
/// Any `BindableService` that protoc-gen-grpc-java made is served by all three protocols, as
/// protobuf and as JSON, over HTTP/1.1, HTTP/2 (prior knowledge and upgrade) and TLS:
///
/// ```java
/// var server = RpcServer.builder()
///         .bind("127.0.0.1", 8080)
///         .service(new GreeterService())                  // any io.grpc.BindableService
///         .onEventLoop(GreeterGrpc.getPeekMethod())       // a short read that never blocks
///         .intercept(new Authentication())                // any io.grpc.ServerInterceptor
///         .route("/health", request -> WebReply.json(200, "{\"status\":\"ok\"}"))
///         .gate(RequestGate.local())                      // no browser page of elsewhere drives us
///         .observer(call -> log(call))
///         .build();
/// server.start();
/// …
/// server.stop(Duration.ofSeconds(10));
/// ```
///
/// ```sh
/// curl -d '{"name":"you"}' -H 'content-type: application/json' http://127.0.0.1:8080/demo.Greeter/Greet
/// ```
///
/// What a handler can rely on:
///
/// - It runs on a virtual thread and may block, unless its method was given to `onEventLoop`.
/// - `io.grpc.Context.current()` carries the caller's deadline, is cancelled at once when that
///   passes or the caller goes away, and holds [dev.vmcp.platform.rpc.call.CallInfo]: protocol,
///   peer, request id.
/// - `onNext` on a virtual thread waits while the reader is slow, so a plain loop keeps memory
///   flat. On other threads look at `ServerCallStreamObserver.isReady()`.
/// - `ResponseHead.sendNow()` (package `call`) sends the head of a stream before its first message.
/// - Error details travel as a `google.rpc.Status` in the trailers, as `StatusProto` of
///   grpc-protobuf makes them.
/// - An exception that is not a `StatusException` becomes `internal` with the request id as its
///   only information; it is logged once with its stack trace.
///
/// Methods declared `idempotency_level = NO_SIDE_EFFECTS` are served by GET as well. Reflection is
/// off until `reflection()`; `grpc.health.v1` is the `BindableService` of grpc-services'
/// `HealthStatusManager`.
///
/// Packages: `call` is the one `ServerCall`, `connect`, `grpc` and `grpcweb` are framings of it,
/// `codec` reads and writes messages.
@NullMarked
package dev.vmcp.platform.rpc;

import org.jspecify.annotations.NullMarked;
