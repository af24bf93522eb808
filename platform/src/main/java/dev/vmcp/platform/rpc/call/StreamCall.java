package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.vmcp.platform.rpc.codec.Gzip;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;

/// A call whose messages lie in envelopes: Connect streams, gRPC, gRPC-Web. The head of the answer
/// goes out as soon as the handler sends it. A sender on a virtual thread waits while the reader is
/// slow.
public final class StreamCall<Q, R> extends RpcCall<Q, R> implements Inbound.Receiver {
    private final Framing framing;
    private final Executor tasks;
    private final Inbound inbound;
    private final Outbound outbound;
    private int received;
    private int sent;

    private StreamCall(Exchange<Q, R> exchange, Framing framing, boolean compressed) {
        super(exchange);
        this.framing = framing;
        var loop = exchange.transport().eventLoop().withoutContext();
        tasks =
                new SerialTasks(
                        exchange.procedure().onEventLoop() ? loop : exchange.policy().handlers());
        inbound = new Inbound(exchange, framing, compressed, this);
        outbound = new Outbound(() -> run(() -> tell(Listener::onReady)));
    }

    /// Starts the call; `compressed` says that its messages may come compressed.
    public static <Q, R> HttpResponse serve(
            Exchange<Q, R> exchange, Framing framing, boolean compressed) {
        var call = new StreamCall<>(exchange, framing, compressed);
        var response = call.outbound.response();
        var _ =
                response.whenComplete()
                        .exceptionally(problem -> {
                            call.outbound.abandon();
                            call.disconnected();
                            return null;
                        });
        call.run(() -> {
            call.start();
            call.inbound.admit();
            call.tell(Listener::onReady);
        });
        call.inbound.subscribe(exchange.transport().request());
        if (exchange.procedure().oneRequest()) {
            call.inbound.request(2);
        }
        return response;
    }

    /// Answers without a call.
    public static <Q, R> HttpResponse refuse(
            Exchange<Q, R> exchange, Framing framing, Status status) {
        exchange.refused(status);
        var outbound = new Outbound(() -> {});
        var end = framing.end(status, new Metadata());
        outbound.end(head(exchange, framing, new Metadata()), end.last(), end.trailers());
        return Rest.before(exchange.transport(), outbound.response());
    }

    @Override
    protected void run(Runnable task) {
        tasks.execute(task);
    }

    @Override
    public void request(int count) {
        if (!exchange.procedure().oneRequest()) {
            inbound.request(count);
        }
    }

    @Override
    public void message(byte[] message) {
        if (++received > 1 && exchange.procedure().oneRequest()) {
            refuse(
                    Status.UNIMPLEMENTED.withDescription(
                            "more than one message for a method that takes one"));
            return;
        }
        run(() -> {
            if (!closed()) {
                deliver(message);
            }
            if (!exchange.procedure().oneRequest()) {
                inbound.handled(message);
            }
        });
    }

    @Override
    public void halfClosed() {
        if (received == 0 && exchange.procedure().oneRequest()) {
            refuse(Status.UNIMPLEMENTED.withDescription("no message for a method that takes one"));
            return;
        }
        run(() -> {
            if (!closed()) {
                tell(Listener::onHalfClose);
            }
            release();
        });
    }

    @Override
    protected void release() {
        inbound.release();
    }

    @Override
    public void sendHeaders(Metadata headers) {
        outbound.head(head(exchange, framing, headers));
    }

    private static ResponseHeaders head(
            Exchange<?, ?> exchange, Framing framing, Metadata leading) {
        ResponseHeadersBuilder head = ResponseHeaders.builder(HttpStatus.OK);
        head.add("content-type", framing.contentType());
        head.add(RequestIds.HEADER, exchange.info().requestId());
        head.add(framing.headers().accept(), Gzip.NAME);
        if (exchange.compress()) {
            head.add(framing.headers().encoding(), Gzip.NAME);
        }
        WireMetadata.write(leading, head::add);
        return head.build();
    }

    @Override
    public void sendMessage(R message) {
        if (closed()) {
            return;
        }
        sent++;
        if (sent > 1 && exchange.procedure().oneResponse()) {
            close(
                    internal(new IllegalStateException("responses: 2 (expected: exactly one)")),
                    new Metadata());
            return;
        }
        sendHeaders(new Metadata());
        var bytes = bytes(message);
        boolean pack = exchange.compress() && bytes.length >= exchange.policy().compressFrom();
        var frame =
                pack
                        ? framing.wrap(Framing.COMPRESSED, Gzip.compress(bytes))
                        : framing.wrap(0, bytes);
        if (!outbound.data(frame)) {
            terminate(
                    Status.RESOURCE_EXHAUSTED.withDescription(
                            "the answer is read too slowly: "
                                    + Outbound.FLOOD
                                    + " bytes are waiting"));
        } else if (Thread.currentThread().isVirtual()) {
            outbound.awaitRoom();
        }
    }

    @Override
    protected void sendEnd(Status status, Metadata trailers) {
        var end = framing.end(status, trailers);
        var head = head(exchange, framing, leading());
        inbound.settle(() -> outbound.end(head, end.last(), end.trailers()));
    }

    @Override
    protected int messagesSent() {
        return sent;
    }

    @Override
    public boolean isReady() {
        return !closed() && outbound.ready();
    }
}
