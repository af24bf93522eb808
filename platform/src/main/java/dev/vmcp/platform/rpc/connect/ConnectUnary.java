package dev.vmcp.platform.rpc.connect;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.ResponseHeaders;
import dev.vmcp.platform.rpc.call.Exchange;
import dev.vmcp.platform.rpc.call.Framing;
import dev.vmcp.platform.rpc.call.RequestIds;
import dev.vmcp.platform.rpc.call.RpcCall;
import dev.vmcp.platform.rpc.call.WholeBody;
import dev.vmcp.platform.rpc.call.WireMetadata;
import dev.vmcp.platform.rpc.codec.BadMessageException;
import dev.vmcp.platform.rpc.codec.Gzip;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// One unary Connect call: the body is the message, the HTTP status tells the code.
public final class ConnectUnary<Q, R> extends RpcCall<Q, R> implements WholeBody.Receiver {
    public static final Framing.Headers HEADERS =
            new Framing.Headers("content-encoding", "accept-encoding");

    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final boolean get;
    private final Executor tasks;
    private @Nullable WholeBody body;
    private boolean compressed;
    private Optional<byte[]> query = Optional.empty();
    private byte[] message = new byte[0];
    private int sent;

    private ConnectUnary(Exchange<Q, R> exchange) {
        super(exchange);
        get = exchange.info().httpMethod().equals("GET");
        tasks =
                exchange.procedure().onEventLoop()
                        ? exchange.transport().eventLoop().withoutContext()
                        : serial(exchange);
    }

    /// Serves a call whose request is here in full, small, and not compressed.
    public static <Q, R> HttpResponse serve(Exchange<Q, R> exchange, byte[] body) {
        var call = new ConnectUnary<>(exchange);
        if (exchange.procedure().onEventLoop()) {
            call.handle(body);
            if (call.answer.isDone()) {
                return call.answer.join();
            }
        } else {
            call.tasks.execute(() -> call.handle(body));
        }
        return call.response();
    }

    /// Serves a call whose request is still to be read; it begins at once, so that who may not call
    /// fills no room.
    ///
    /// @param query the message where it stands in the query; the body is dropped then
    public static <Q, R> HttpResponse receive(
            Exchange<Q, R> exchange, boolean compressed, Optional<byte[]> query) {
        var call = new ConnectUnary<>(exchange);
        var body =
                new WholeBody(
                        exchange.transport(), exchange.info().peer(), exchange.policy(), call);
        call.body = body;
        call.compressed = compressed;
        call.query = query;
        var response = call.response();
        call.run(() -> {
            call.start();
            body.admit();
        });
        body.read();
        return response;
    }

    /// Answers without a call.
    public static HttpResponse refuse(Exchange<?, ?> exchange, Status status) {
        exchange.refused(status);
        return errorResponse(exchange, status, new Metadata(), new Metadata());
    }

    private HttpResponse response() {
        var response = HttpResponse.of(answer);
        var _ =
                response.whenComplete()
                        .exceptionally(problem -> {
                            disconnected();
                            return null;
                        });
        return response;
    }

    @Override
    public void whole(byte[] came) {
        try {
            var packed = query.orElse(came);
            int limit = exchange.policy().messageLimit();
            var plain = compressed ? Gzip.expand(packed, limit) : packed;
            if (body != null && !body.holds(plain.length - came.length)) {
                refused(body.noRoom());
                return;
            }
            run(() -> {
                if (!closed()) {
                    take(plain);
                }
                release();
            });
        } catch (BadMessageException e) {
            refuse(status(e));
        }
    }

    @Override
    protected void release() {
        if (body != null) {
            body.finished();
        }
    }

    private void handle(byte[] request) {
        start();
        if (!closed()) {
            take(request);
        }
    }

    private void take(byte[] request) {
        if (deliver(request) && !closed()) {
            tell(Listener::onHalfClose);
        }
    }

    @Override
    protected void run(Runnable task) {
        tasks.execute(task);
    }

    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {
        lead(headers);
    }

    @Override
    public void sendMessage(R response) {
        if (++sent == 1) {
            message = bytes(response);
        }
    }

    @Override
    protected int messagesSent() {
        return sent;
    }

    @Override
    protected void sendEnd(Status status, Metadata trailers) {
        var head = leading();
        var end =
                status.isOk()
                        ? success(head, trailers)
                        : errorResponse(exchange, status, head, trailers);
        if (body == null) {
            answer.complete(end);
        } else {
            body.answer(() -> answer.complete(end));
        }
    }

    private HttpResponse success(Metadata head, Metadata trailers) {
        var headers = ResponseHeaders.builder(200);
        headers.add("content-type", "application/" + exchange.codec().name());
        headers.add(RequestIds.HEADER, exchange.info().requestId());
        if (get) {
            headers.add("vary", "accept-encoding");
        }
        WireMetadata.write(head, headers::add);
        WireMetadata.write(trailers, (name, value) -> headers.add("trailer-" + name, value));
        var out = message;
        if (exchange.compress()
                && out.length >= exchange.policy().compressFrom()
                && out.length > 0) {
            out = Gzip.compress(out);
            headers.add("content-encoding", Gzip.NAME);
        }
        return HttpResponse.of(headers.build(), HttpData.wrap(out));
    }

    private static HttpResponse errorResponse(
            Exchange<?, ?> exchange, Status status, Metadata head, Metadata trailers) {
        var headers = ResponseHeaders.builder(ConnectCode.http(status.getCode()));
        headers.add("content-type", "application/json");
        headers.add(RequestIds.HEADER, exchange.info().requestId());
        WireMetadata.write(head, headers::add);
        WireMetadata.write(
                ConnectJson.without(trailers),
                (name, value) -> headers.add("trailer-" + name, value));
        var body = ConnectJson.error(status, trailers);
        if (exchange.compress() && body.length >= exchange.policy().compressFrom()) {
            body = Gzip.compress(body);
            headers.add("content-encoding", Gzip.NAME);
        }
        return HttpResponse.of(headers.build(), HttpData.wrap(body));
    }
}
