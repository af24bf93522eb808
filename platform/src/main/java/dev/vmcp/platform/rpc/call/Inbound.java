package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import dev.vmcp.platform.rpc.codec.BadMessageException;
import dev.vmcp.platform.rpc.codec.Gzip;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// Cuts the body of a request into messages, no faster than they are asked for. Lives on the event
/// loop.
final class Inbound implements Subscriber<HttpObject> {
    private static final int HEAD = 5;

    private final Exchange<?, ?> exchange;
    private final Framing framing;
    private final boolean compressed;
    private final int limit;
    private final EventLoop loop;
    private final Receiver receiver;

    private @Nullable Subscription subscription;
    private @Nullable Rest rest;
    private @Nullable Future<?> patience;
    private long demand;
    private byte[] buffer = new byte[0];
    private int from;
    private int to;
    private long arrived;
    private volatile boolean complete;
    private boolean done;
    private boolean waiting;

    /// Where messages go; called on the event loop.
    interface Receiver {
        void message(byte[] message);

        void halfClosed();

        void refused(Status status);
    }

    Inbound(Exchange<?, ?> exchange, Framing framing, boolean compressed, Receiver receiver) {
        this.exchange = exchange;
        this.framing = framing;
        this.compressed = compressed;
        this.limit = exchange.policy().messageLimit();
        this.loop = exchange.transport().eventLoop().withoutContext();
        this.receiver = receiver;
    }

    void subscribe(HttpRequest request) {
        request.subscribe(this, loop);
    }

    /// Asks for messages; from any thread.
    void request(long count) {
        loop.execute(() -> {
            demand += count;
            pump();
        });
    }

    /// Runs `then`, which sends the end of the answer. A caller who sends one message is waited for
    /// until that has arrived; of what others go on to send no more than so much is taken.
    void settle(Runnable then) {
        if (complete) {
            then.run();
            return;
        }
        loop.execute(() -> {
            drop();
            if (complete) {
                then.run();
            } else if (exchange.procedure().oneRequest()) {
                rest = new Rest(exchange.transport(), then);
                more();
            } else {
                exchange.transport().setMaxRequestLength(arrived + Rest.MOST_BYTES);
                then.run();
            }
        });
    }

    @Override
    public void onSubscribe(Subscription s) {
        subscription = s;
        pump();
    }

    @Override
    public void onNext(HttpObject object) {
        waiting = false;
        if (rest != null) {
            if (rest.wantsMore(object)) {
                more();
            } else if (subscription != null) {
                subscription.cancel();
            }
            return;
        }
        if (object instanceof HttpData data && !done) {
            arrived += data.length();
            append(framing.unwrap(data.array()));
        }
        pump();
    }

    @Override
    public void onError(Throwable problem) {
        complete = true;
        drop();
        if (rest != null) {
            rest.ended();
        }
    }

    @Override
    public void onComplete() {
        complete = true;
        if (rest != null) {
            rest.ended();
        } else {
            pump();
        }
    }

    private void pump() {
        while (!done && demand > 0) {
            int length = to - from < HEAD ? -1 : length();
            if (done) {
                return;
            }
            if (length < 0 || to - from < HEAD + length) {
                break;
            }
            int flags = buffer[from];
            var payload = Arrays.copyOfRange(buffer, from + HEAD, from + HEAD + length);
            from += HEAD + length;
            demand--;
            stopWaiting();
            emit(flags, payload);
        }
        if (done) {
            return;
        }
        if (complete) {
            finish();
        } else if (demand > 0) {
            more();
            waitFor();
        } else {
            stopWaiting();
        }
    }

    private void more() {
        if (!waiting && subscription != null) {
            waiting = true;
            subscription.request(1);
        }
    }

    /// A caller may be silent between messages, but not within one, nor before its only one. What
    /// was asked for may have come meanwhile, up to the end.
    private void waitFor() {
        boolean open = !done && !complete && demand > 0;
        boolean owed = exchange.procedure().oneRequest() || from != to;
        if (open && owed && patience == null) {
            patience =
                    loop.schedule(
                            this::late,
                            exchange.policy().bodyTimeout().toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    private void stopWaiting() {
        if (patience != null) {
            var _ = patience.cancel(false);
            patience = null;
        }
    }

    private void late() {
        if (done || complete) {
            return;
        }
        // Whoever is that slow is not waited for once more.
        complete = true;
        Rest.endConnection(exchange.transport());
        refuse(
                Status.DEADLINE_EXCEEDED.withDescription(
                        "the request did not arrive within "
                                + exchange.policy().bodyTimeout().toMillis()
                                + " ms"));
    }

    private void drop() {
        done = true;
        buffer = new byte[0];
        stopWaiting();
    }

    private void finish() {
        stopWaiting();
        if (from == to) {
            done = true;
            receiver.halfClosed();
        } else if (demand > 0) {
            refuse(Status.INVALID_ARGUMENT.withDescription("the last message is incomplete"));
        }
    }

    private int length() {
        int flags = buffer[from];
        if ((flags & ~Framing.COMPRESSED) != 0) {
            refuse(
                    Status.INVALID_ARGUMENT.withDescription(
                            "message flags: " + (flags & 0xff) + " (expected: 0 or 1)"));
            return -1;
        }
        if (flags != 0 && !compressed) {
            refuse(
                    Status.INTERNAL.withDescription(
                            "a message is flagged compressed but "
                                    + framing.headers().encoding()
                                    + " names no compression"));
            return -1;
        }
        int length =
                (buffer[from + 1] & 0xff) << 24
                        | (buffer[from + 2] & 0xff) << 16
                        | (buffer[from + 3] & 0xff) << 8
                        | (buffer[from + 4] & 0xff);
        if (length < 0 || length > limit) {
            refuse(
                    Status.RESOURCE_EXHAUSTED.withDescription(
                            "message is larger than " + limit + " bytes"));
            return -1;
        }
        return length;
    }

    private void emit(int flags, byte[] payload) {
        try {
            receiver.message(flags == 0 ? payload : Gzip.expand(payload, limit));
        } catch (BadMessageException e) {
            refuse(RpcCall.status(e));
        }
    }

    private void refuse(Status status) {
        drop();
        receiver.refused(status);
    }

    private void append(byte[] data) {
        if (from == to) {
            buffer = data;
            from = 0;
            to = data.length;
            return;
        }
        int have = to - from;
        if (to + data.length > buffer.length) {
            int size = Math.max(have + data.length, Math.min(2 * have, limit + HEAD));
            var larger = new byte[size];
            System.arraycopy(buffer, from, larger, 0, have);
            buffer = larger;
            from = 0;
            to = have;
        }
        System.arraycopy(data, 0, buffer, to, data.length);
        to += data.length;
    }
}
