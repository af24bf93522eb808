package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.server.ServiceRequestContext;
import dev.vmcp.platform.rpc.codec.BadMessageException;
import java.net.SocketAddress;
import java.util.Arrays;

/// Collects a body that is handed on in one piece. Lives on the event loop.
public final class WholeBody extends Arrival {
    private final Receiver receiver;

    /// Where the body goes, or why it does not; called on the event loop, one of both, once.
    public interface Receiver {
        /// It counts as held until [WholeBody#finished()].
        void whole(byte[] body);

        void refused(Refusal refusal);
    }

    public WholeBody(
            ServiceRequestContext transport,
            SocketAddress peer,
            CallPolicy policy,
            Receiver receiver) {
        super(transport, peer, policy);
        this.receiver = receiver;
    }

    /// Begins to read.
    public void read() {
        waitFor();
        subscribe(transport.request());
    }

    /// Runs `then`, which answers, when the rest of the request has been read.
    public void answer(Runnable then) {
        settle(true, then);
    }

    /// Counts so many bytes more; false when there is no room for them.
    public boolean holds(long more) {
        return add(more);
    }

    /// The body is not needed any more; from any thread.
    public void finished() {
        release();
    }

    @Override
    protected int most() {
        return policy.messageLimit();
    }

    @Override
    protected void pump() {
        if (done()) {
            return;
        }
        if (to - from > policy.messageLimit()) {
            refuse(Refusal.of(RpcCall.status(BadMessageException.tooLarge(policy.messageLimit()))));
        } else if (complete()) {
            var body = to == buffer.length ? buffer : Arrays.copyOf(buffer, to);
            drop();
            receiver.whole(body);
        } else {
            more();
        }
    }

    @Override
    protected void refused(Refusal refusal) {
        receiver.refused(refusal);
    }
}
