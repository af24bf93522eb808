package dev.vmcp.platform.rpc.call;

import dev.vmcp.platform.rpc.codec.BadMessageException;
import dev.vmcp.platform.rpc.codec.Gzip;
import io.grpc.Status;
import java.util.Arrays;

/// Cuts the body of a request into messages, no faster than they are asked for. Lives on the event
/// loop.
final class Inbound extends Arrival {
    private static final int HEAD = 5;

    private final Exchange<?, ?> exchange;
    private final Framing framing;
    private final boolean compressed;
    private final int limit;
    private final Receiver receiver;
    private long demand;

    /// Where messages go; called on the event loop.
    interface Receiver {
        /// A message counts as held until [Inbound#handled] or [Inbound#release].
        void message(byte[] message);

        void halfClosed();

        void refused(Refusal refusal);
    }

    Inbound(Exchange<?, ?> exchange, Framing framing, boolean compressed, Receiver receiver) {
        super(exchange.transport(), exchange.info().peer(), exchange.policy());
        this.exchange = exchange;
        this.framing = framing;
        this.compressed = compressed;
        this.limit = exchange.policy().messageLimit();
        this.receiver = receiver;
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
        settle(exchange.procedure().oneRequest(), then);
    }

    /// The handler of a stream has done with a message; from any thread.
    void handled(byte[] message) {
        var _ = add(-message.length);
    }

    @Override
    protected byte[] unwrap(byte[] data) {
        return framing.unwrap(data);
    }

    @Override
    protected int most() {
        return limit + HEAD;
    }

    @Override
    protected void refused(Refusal refusal) {
        receiver.refused(refusal);
    }

    private void refuse(Status status) {
        refuse(Refusal.of(status));
    }

    @Override
    protected void pump() {
        while (!done() && demand > 0) {
            int length = to - from < HEAD ? -1 : length();
            if (done()) {
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
        if (done()) {
            return;
        }
        if (from == to && to > 0) {
            buffer = new byte[0];
            from = 0;
            to = 0;
        }
        if (complete()) {
            finish();
        } else if (demand > 0) {
            more();
            awaitMessage();
        } else {
            stopWaiting();
        }
    }

    /// A caller may be silent between messages, but not within one, nor before its only one. What
    /// was asked for may have come meanwhile, up to the end.
    private void awaitMessage() {
        if (demand > 0 && (exchange.procedure().oneRequest() || from != to)) {
            waitFor();
        }
    }

    private void finish() {
        stopWaiting();
        if (from == to) {
            drop();
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
            var message = flags == 0 ? payload : Gzip.expand(payload, limit);
            if (add(message.length - payload.length - HEAD)) {
                receiver.message(message);
            } else {
                refuseForRoom();
            }
        } catch (BadMessageException e) {
            refuse(RpcCall.status(e));
        }
    }
}
