package dev.vmcp.verify.connect;

import com.google.protobuf.Message;
import connectrpc.conformance.v1.Service.BidiStreamRequest;
import connectrpc.conformance.v1.Service.BidiStreamResponse;
import connectrpc.conformance.v1.Service.ConformancePayload;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import connectrpc.conformance.v1.Service.ServerStreamRequest;
import connectrpc.conformance.v1.Service.ServerStreamResponse;
import connectrpc.conformance.v1.Service.StreamResponseDefinition;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The answer of a streaming method: as many messages as the definition has, then its error or
/// none.
final class StreamAnswer<Q, R> {
    private final ServerCall<Q, R> call;
    private final Metadata headers;
    private final Function<ConformancePayload, R> response;
    private StreamResponseDefinition wanted = StreamResponseDefinition.getDefaultInstance();
    private int sent;

    StreamAnswer(
            ServerCall<Q, R> call, Metadata headers, Function<ConformancePayload, R> response) {
        this.call = call;
        this.headers = headers;
        this.response = response;
    }

    void define(StreamResponseDefinition definition) {
        wanted = definition;
    }

    boolean more() {
        return sent < wanted.getResponseDataCount();
    }

    void sendHead() {
        call.sendHeaders(Echo.metadata(wanted.getResponseHeadersList()));
    }

    /// Sends the next message; the first tells all of the request, later ones only `requests`.
    void sendNext(List<Message> requests) {
        Optional<RequestInfo> info = Optional.empty();
        if (sent == 0) {
            info = Optional.of(Echo.info(headers, requests));
        } else if (!requests.isEmpty()) {
            info =
                    Optional.of(
                            RequestInfo.newBuilder().addAllRequests(Echo.packed(requests)).build());
        }
        ConformanceCalls.pause(wanted.getResponseDelayMs());
        call.sendMessage(response.apply(Echo.payload(wanted.getResponseData(sent), info)));
        sent++;
    }

    void finish(List<Message> requests) {
        var trailers = Echo.metadata(wanted.getResponseTrailersList());
        if (!wanted.hasError()) {
            call.close(Status.OK, trailers);
            return;
        }
        Optional<RequestInfo> info =
                sent == 0 ? Optional.of(Echo.info(headers, requests)) : Optional.empty();
        call.close(Echo.status(wanted.getError(), info, trailers), trailers);
    }

    static ServerCall.Listener<ServerStreamRequest> toServerStream(
            ServerCall<ServerStreamRequest, ServerStreamResponse> call, Metadata headers) {
        var answer =
                new StreamAnswer<>(
                        call,
                        headers,
                        p -> ServerStreamResponse.newBuilder().setPayload(p).build());
        call.request(1);
        return new ServerCall.Listener<>() {
            private final List<Message> requests = new ArrayList<>();

            @Override
            public void onMessage(ServerStreamRequest request) {
                requests.add(request);
                answer.define(request.getResponseDefinition());
            }

            @Override
            public void onHalfClose() {
                answer.sendHead();
                while (answer.more()) {
                    answer.sendNext(answer.sent == 0 ? requests : List.of());
                }
                answer.finish(requests);
            }
        };
    }

    /// Half duplex: all requests, then all answers. Full duplex: an answer to each request.
    static final class BothWays extends ServerCall.Listener<BidiStreamRequest> {
        private final StreamAnswer<BidiStreamRequest, BidiStreamResponse> answer;
        private final List<Message> requests = new ArrayList<>();
        private boolean first = true;
        private boolean fullDuplex;
        private boolean finished;

        BothWays(StreamAnswer<BidiStreamRequest, BidiStreamResponse> answer) {
            this.answer = answer;
            answer.call.request(1);
        }

        @Override
        public void onMessage(BidiStreamRequest request) {
            if (finished) {
                return;
            }
            requests.add(request);
            if (first) {
                first = false;
                fullDuplex = request.getFullDuplex();
                answer.define(request.getResponseDefinition());
                if (fullDuplex) {
                    answer.sendHead();
                }
            }
            if (fullDuplex && !answer.more()) {
                finished = true;
                answer.finish(requests);
                return;
            }
            if (fullDuplex) {
                answer.sendNext(requests);
                requests.clear();
            }
            answer.call.request(1);
        }

        @Override
        public void onHalfClose() {
            if (finished) {
                return;
            }
            if (!fullDuplex) {
                answer.sendHead();
            }
            while (answer.more()) {
                answer.sendNext(answer.sent == 0 ? requests : List.of());
            }
            answer.finish(requests);
        }
    }
}
