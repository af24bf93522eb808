package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// The body of a request on its way in: what has come and was not handed on yet, its share of the
/// [BodyBudget], and how long it is waited for. Of one that is not small no more is read than came
/// first until its caller is admitted. Lives on the event loop.
abstract class Arrival implements Subscriber<HttpObject> {
    protected final ServiceRequestContext transport;
    protected final CallPolicy policy;
    protected final EventLoop loop;
    private final BodyBudget.Share share;

    private @Nullable Subscription subscription;
    private @Nullable Rest rest;
    private @Nullable Future<?> patience;
    private long arrived;
    private volatile boolean complete;
    private volatile boolean admitted;
    private volatile boolean heldBack;
    private boolean done;
    private boolean waiting;

    /// What came, from `from` to `to`.
    protected byte[] buffer = new byte[0];

    protected int from;
    protected int to;

    Arrival(ServiceRequestContext transport, SocketAddress peer, CallPolicy policy) {
        this.transport = transport;
        this.policy = policy;
        this.loop = transport.eventLoop().withoutContext();
        this.share = policy.bodies().share(peer);
    }

    /// Begins; the limits of the transport below do not count from now on.
    void subscribe(HttpRequest request) {
        transport.clearRequestTimeout();
        transport.setMaxRequestLength(0);
        request.subscribe(this, loop);
    }

    /// Bytes of the body as they arrived to those that are kept.
    protected byte[] unwrap(byte[] data) {
        return data;
    }

    /// The most bytes that one message takes here.
    protected abstract int most();

    /// Hands on what can be, and asks for more.
    protected abstract void pump();

    /// Told once, after which nothing is kept.
    protected abstract void refused(Refusal refusal);

    /// Whether nothing of what comes is wanted any more.
    protected final boolean done() {
        return done;
    }

    /// Whether all has come.
    protected final boolean complete() {
        return complete;
    }

    /// Counts bytes that are held beyond those that came, or, less than nothing, that are held no
    /// more; from any thread.
    final boolean add(long bytes) {
        return share.add(bytes);
    }

    /// Nothing of what came is held any more; from any thread.
    final void release() {
        share.end();
    }

    /// Runs `then`, which sends the end of the answer, when `all` has been read, or at once.
    final void settle(boolean all, Runnable then) {
        if (complete) {
            then.run();
            return;
        }
        loop.execute(() -> {
            drop();
            if (complete) {
                then.run();
            } else if (all) {
                rest = new Rest(transport, then);
                more();
            } else {
                transport.setMaxRequestLength(arrived + Rest.MOST_BYTES);
                then.run();
            }
        });
    }

    @Override
    public final void onSubscribe(Subscription s) {
        subscription = s;
        pump();
    }

    @Override
    public final void onNext(HttpObject object) {
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
            keep(unwrap(data.array()));
        }
        pump();
    }

    @Override
    public final void onError(Throwable problem) {
        complete = true;
        drop();
        release();
        if (rest != null) {
            rest.ended();
        }
    }

    @Override
    public final void onComplete() {
        complete = true;
        if (rest != null) {
            rest.ended();
        } else {
            pump();
        }
    }

    /// The caller may call: a request that is not small is read on. From any thread.
    public final void admit() {
        admitted = true;
        if (heldBack) {
            loop.execute(this::pump);
        }
    }

    protected final void more() {
        if (!admitted && to - from > BodyBudget.SMALL) {
            heldBack = true;
            if (!admitted) {
                return;
            }
        }
        if (!waiting && subscription != null) {
            waiting = true;
            subscription.request(1);
        }
    }

    /// From now on it must not take longer than a caller may.
    protected final void waitFor() {
        if (patience == null && !done && !complete) {
            patience =
                    loop.schedule(
                            this::late, policy.bodyTimeout().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    protected final void stopWaiting() {
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
        Rest.endConnection(transport);
        refuse(
                Refusal.of(
                        Status.DEADLINE_EXCEEDED.withDescription(
                                "the request did not arrive within "
                                        + policy.bodyTimeout().toMillis()
                                        + " ms")));
    }

    /// Nothing more is wanted; what was handed on counts until it is released.
    protected final void drop() {
        done = true;
        admitted = true;
        buffer = new byte[0];
        stopWaiting();
    }

    protected final void refuse(Refusal refusal) {
        drop();
        release();
        refused(refusal);
    }

    /// Why no more bytes are taken: there is no room, or the call is over. From any thread.
    public final Refusal noRoom() {
        return share.over() ? Refusal.of(Status.CANCELLED) : policy.bodies().refusal();
    }

    protected final void refuseForRoom() {
        refuse(noRoom());
    }

    private void keep(byte[] data) {
        if (!share.add(data.length)) {
            refuseForRoom();
        } else if (from == to) {
            buffer = data;
            from = 0;
            to = data.length;
        } else {
            append(data);
        }
    }

    private void append(byte[] data) {
        int have = to - from;
        if (to + data.length > buffer.length) {
            int size = Math.max(have + data.length, Math.min(2 * have, most()));
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
