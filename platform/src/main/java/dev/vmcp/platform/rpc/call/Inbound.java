package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import dev.vmcp.platform.rpc.codec.BadMessageException;
import dev.vmcp.platform.rpc.codec.Gzip;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// Cuts the body of a request into messages, no faster than they are asked for. Lives on the event
/// loop.
final class Inbound implements Subscriber<HttpObject> {
    private static final int HEAD = 5;

    private final Framing framing;
    private final boolean compressed;
    private final int limit;
    private final EventExecutor loop;
    private final Receiver receiver;

    private @Nullable Subscription subscription;
    private long demand;
    private byte[] buffer = new byte[0];
    private int from;
    private int to;
    private boolean complete;
    private boolean done;
    private boolean waiting;

    /// Where messages go; called on the event loop.
    interface Receiver {
        void message(byte[] message);

        void halfClosed();

        void refused(Status status);
    }

    Inbound(Framing framing, boolean compressed, int limit, EventExecutor loop, Receiver receiver) {
        this.framing = framing;
        this.compressed = compressed;
        this.limit = limit;
        this.loop = loop;
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

    @Override
    public void onSubscribe(Subscription s) {
        subscription = s;
        pump();
    }

    @Override
    public void onNext(HttpObject object) {
        waiting = false;
        if (object instanceof HttpData data && !done) {
            append(framing.unwrap(data.array()));
        }
        pump();
    }

    @Override
    public void onError(Throwable problem) {
        done = true;
    }

    @Override
    public void onComplete() {
        complete = true;
        pump();
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
            emit(flags, payload);
        }
        if (done) {
            return;
        }
        if (complete) {
            finish();
        } else if (demand > 0 && !waiting && subscription != null) {
            waiting = true;
            subscription.request(1);
        }
    }

    private void finish() {
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
        done = true;
        buffer = new byte[0];
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
