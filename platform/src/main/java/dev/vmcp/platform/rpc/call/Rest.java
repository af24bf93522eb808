package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// What is left of a request whose answer is settled: read and dropped before the answer goes out,
/// because many callers take an answer that comes while they write for a broken connection.
///
/// A caller is waited for only so long, and only so many bytes. The answer goes out then anyway,
/// and an HTTP/1 connection ends after it. Lives on the event loop.
public final class Rest {
    /// Above every limit of a message that makes sense for calls of one message.
    static final long MOST_BYTES = 8 << 20;

    static final long PATIENCE_MILLIS = 1000;

    private final ServiceRequestContext transport;
    private final Runnable then;
    private final Future<?> patience;
    private long left = MOST_BYTES;
    private boolean over;

    Rest(ServiceRequestContext transport, Runnable then) {
        this.transport = transport;
        this.then = then;
        this.patience =
                loop(transport).schedule(this::giveUp, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// `answer`, once the request has been read that nobody has begun to read.
    public static HttpResponse before(ServiceRequestContext transport, HttpResponse answer) {
        var request = transport.request();
        if (request.isEmpty() || !request.isOpen()) {
            return answer;
        }
        var read = new CompletableFuture<HttpResponse>();
        request.subscribe(new Reading(transport, () -> read.complete(answer)), loop(transport));
        return HttpResponse.of(read);
    }

    private static EventLoop loop(ServiceRequestContext transport) {
        return transport.eventLoop().withoutContext();
    }

    /// Drops what came; whether more is wanted.
    boolean wantsMore(HttpObject came) {
        if (came instanceof HttpData data) {
            left -= data.length();
        }
        if (left < 0) {
            giveUp();
        }
        return !over;
    }

    /// All has come, or nothing more will.
    void ended() {
        if (!over) {
            over = true;
            var _ = patience.cancel(false);
            then.run();
        }
    }

    private void giveUp() {
        if (!over) {
            endConnection(transport);
            ended();
        }
    }

    /// Ends an HTTP/1 connection after the answer that is to come.
    public static void endConnection(ServiceRequestContext transport) {
        if (!transport.sessionProtocol().isMultiplex()) {
            var _ = transport.initiateConnectionShutdown();
        }
    }

    private static final class Reading implements Subscriber<HttpObject> {
        private final Rest rest;
        private @Nullable Subscription subscription;

        Reading(ServiceRequestContext transport, Runnable then) {
            rest = new Rest(transport, then);
        }

        @Override
        public void onSubscribe(Subscription s) {
            subscription = s;
            s.request(1);
        }

        @Override
        public void onNext(HttpObject object) {
            var from = subscription;
            if (from != null && rest.wantsMore(object)) {
                from.request(1);
            } else if (from != null) {
                from.cancel();
            }
        }

        @Override
        public void onError(Throwable problem) {
            rest.ended();
        }

        @Override
        public void onComplete() {
            rest.ended();
        }
    }
}
