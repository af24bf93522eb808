package dev.vmcp.verify.connect;

import com.google.protobuf.Message;
import connectrpc.conformance.v1.ConformanceServiceGrpc;
import connectrpc.conformance.v1.Service.BidiStreamResponse;
import connectrpc.conformance.v1.Service.ClientStreamRequest;
import connectrpc.conformance.v1.Service.ClientStreamResponse;
import connectrpc.conformance.v1.Service.ConformancePayload;
import connectrpc.conformance.v1.Service.IdempotentUnaryRequest;
import connectrpc.conformance.v1.Service.IdempotentUnaryResponse;
import connectrpc.conformance.v1.Service.UnaryRequest;
import connectrpc.conformance.v1.Service.UnaryResponse;
import connectrpc.conformance.v1.Service.UnaryResponseDefinition;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// `connectrpc.conformance.v1.ConformanceService`, written on the bare `ServerCall` because the
/// suite dictates headers and trailers too.
final class ConformanceCalls {

    private ConformanceCalls() {}

    static ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(ConformanceServiceGrpc.getServiceDescriptor())
                .addMethod(
                        ConformanceServiceGrpc.getUnaryMethod(),
                        single(
                                UnaryRequest::getResponseDefinition,
                                p -> UnaryResponse.newBuilder().setPayload(p).build()))
                .addMethod(
                        ConformanceServiceGrpc.getIdempotentUnaryMethod(),
                        single(
                                IdempotentUnaryRequest::getResponseDefinition,
                                p -> IdempotentUnaryResponse.newBuilder().setPayload(p).build()))
                .addMethod(
                        ConformanceServiceGrpc.getClientStreamMethod(),
                        single(
                                ClientStreamRequest::getResponseDefinition,
                                p -> ClientStreamResponse.newBuilder().setPayload(p).build()))
                .addMethod(
                        ConformanceServiceGrpc.getServerStreamMethod(),
                        (call, headers) -> StreamAnswer.toServerStream(call, headers))
                .addMethod(
                        ConformanceServiceGrpc.getBidiStreamMethod(),
                        (call, headers) ->
                                new StreamAnswer.BothWays(
                                        new StreamAnswer<>(
                                                call,
                                                headers,
                                                p ->
                                                        BidiStreamResponse.newBuilder()
                                                                .setPayload(p)
                                                                .build())))
                .addMethod(
                        ConformanceServiceGrpc.getUnimplementedMethod(),
                        (call, headers) -> {
                            call.close(Status.UNIMPLEMENTED, new Metadata());
                            return new ServerCall.Listener<>() {};
                        })
                .build();
    }

    private static <Q extends Message, R> ServerCallHandler<Q, R> single(
            Function<Q, UnaryResponseDefinition> definition,
            Function<ConformancePayload, R> response) {
        return (call, headers) -> {
            call.request(1);
            return new Single<>(call, headers, definition, response);
        };
    }

    static void pause(int millis) {
        try {
            Thread.sleep(Duration.ofMillis(millis));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A method with one answer, told by the first request.
    private static final class Single<Q extends Message, R> extends ServerCall.Listener<Q> {
        private final ServerCall<Q, R> call;
        private final Metadata headers;
        private final Function<Q, UnaryResponseDefinition> definition;
        private final Function<ConformancePayload, R> response;
        private final List<Message> requests = new ArrayList<>();
        private UnaryResponseDefinition wanted = UnaryResponseDefinition.getDefaultInstance();

        Single(
                ServerCall<Q, R> call,
                Metadata headers,
                Function<Q, UnaryResponseDefinition> definition,
                Function<ConformancePayload, R> response) {
            this.call = call;
            this.headers = headers;
            this.definition = definition;
            this.response = response;
        }

        @Override
        public void onMessage(Q request) {
            if (requests.isEmpty()) {
                wanted = definition.apply(request);
            }
            requests.add(request);
            call.request(1);
        }

        @Override
        public void onHalfClose() {
            var info = Echo.info(headers, requests);
            var trailers = Echo.metadata(wanted.getResponseTrailersList());
            pause(wanted.getResponseDelayMs());
            call.sendHeaders(Echo.metadata(wanted.getResponseHeadersList()));
            if (wanted.hasError()) {
                var status = Echo.status(wanted.getError(), Optional.of(info), trailers);
                call.close(status, trailers);
                return;
            }
            var payload = Echo.payload(wanted.getResponseData(), Optional.of(info));
            call.sendMessage(response.apply(payload));
            call.close(Status.OK, trailers);
        }
    }
}
