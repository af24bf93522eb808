package dev.vmcp.host.access;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;

/// A call that gives back its place when it ends, however it does.
final class Leaving<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final Runnable leave;
    private final AtomicBoolean left = new AtomicBoolean();

    private Leaving(ServerCall<Q, R> call, Runnable leave) {
        super(call);
        this.leave = leave;
    }

    static <Q, R> ServerCall.Listener<Q> start(
            ServerCall<Q, R> call, Metadata headers, Runnable leave, ServerCallHandler<Q, R> next) {
        var leaving = new Leaving<>(call, leave);
        ServerCall.Listener<Q> listener;
        try {
            listener = next.startCall(leaving, headers);
        } catch (RuntimeException | Error e) {
            leaving.left();
            throw e;
        }
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onCancel() {
                leaving.left();
                super.onCancel();
            }

            @Override
            public void onComplete() {
                leaving.left();
                super.onComplete();
            }
        };
    }

    @Override
    public void close(Status status, Metadata trailers) {
        left();
        super.close(status, trailers);
    }

    private void left() {
        if (left.compareAndSet(false, true)) {
            leave.run();
        }
    }
}
