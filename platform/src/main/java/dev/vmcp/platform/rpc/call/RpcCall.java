package dev.vmcp.platform.rpc.call;

import com.google.protobuf.Message;
import dev.vmcp.platform.rpc.codec.BadMessageException;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What calls of every framing share: context and deadline, the order of callbacks, one end.
/// Callbacks run one at a time on the call's executor; the end may come from any thread, the first
/// one counts.
public abstract class RpcCall<Q, R> extends ServerCall<Q, R> {
    private static final Logger LOG = LoggerFactory.getLogger(RpcCall.class);

    /// How long after the deadline its answer is sent.
    private static final long LATE_MILLIS = 100;

    protected final Exchange<Q, R> exchange;
    private final Context.CancellableContext context;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean cancelled;
    private volatile boolean answered;
    private volatile @Nullable Metadata leading;
    private @Nullable Listener<Q> listener;

    protected RpcCall(Exchange<Q, R> exchange) {
        this.exchange = exchange;
        var base = exchange.began();
        if (exchange.timeoutNanos() == Exchange.NO_TIMEOUT) {
            context = base.withCancellation();
        } else {
            var loop = exchange.transport().eventLoop().withoutContext();
            context = base.withDeadlineAfter(exchange.timeoutNanos(), TimeUnit.NANOSECONDS, loop);
            context.addListener(this::contextCancelled, Runnable::run);
        }
    }

    /// The context ends at the deadline; the answer follows a little later, so that a caller whose
    /// own clock runs has hung up and is not caught in the middle of reading.
    private void contextCancelled(Context cancelledContext) {
        if (cancelledContext.cancellationCause() instanceof TimeoutException) {
            var status = Status.DEADLINE_EXCEEDED.withDescription("the caller's deadline passed");
            var _ =
                    exchange.transport()
                            .eventLoop()
                            .withoutContext()
                            .schedule(() -> terminate(status), LATE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /// Runs tasks one after the other on virtual threads.
    protected static Executor serial(Exchange<?, ?> exchange) {
        return new SerialTasks(exchange.policy().handlers());
    }

    /// Runs one callback task, in order with all others of this call.
    protected abstract void run(Runnable task);

    /// Puts the end of the answer on the wire. Called once.
    protected abstract void sendEnd(Status status, Metadata trailers);

    /// Starts the handler, unless the call has ended meanwhile; on the call's executor.
    protected final void start() {
        exchange.policy().open().add(this);
        if (closed.get()) {
            // Its end may have passed before it was added.
            exchange.policy().open().remove(this);
            return;
        }
        var previous = context.attach();
        try {
            listener = exchange.procedure().handler().startCall(this, exchange.metadata());
        } catch (Throwable t) {
            failed(t);
        } finally {
            context.detach(previous);
        }
    }

    /// Hands an event to the handler; on the call's executor.
    protected final void tell(Consumer<Listener<Q>> event) {
        var to = listener;
        if (to == null) {
            return;
        }
        var previous = context.attach();
        try {
            event.accept(to);
        } catch (Throwable t) {
            failed(t);
        } finally {
            context.detach(previous);
        }
    }

    /// Reads a message and hands it on, or ends the call because it cannot be read.
    protected final boolean deliver(byte[] body) {
        try {
            @SuppressWarnings("unchecked")
            var message = (Q) exchange.codec().read(exchange.procedure().request(), body);
            tell(to -> to.onMessage(message));
            return true;
        } catch (BadMessageException e) {
            refuse(status(e));
            return false;
        }
    }

    protected static Status status(BadMessageException e) {
        var base = e.tooLarge() ? Status.RESOURCE_EXHAUSTED : Status.INVALID_ARGUMENT;
        return base.withDescription(e.text());
    }

    protected final byte[] bytes(R message) {
        return exchange.codec().write((Message) message);
    }

    /// Ends the call because of what the caller sent.
    protected final void refuse(Status status) {
        refused(Refusal.of(status));
    }

    /// The same, with what goes with the status.
    public final void refused(Refusal refusal) {
        if (closed.compareAndSet(false, true)) {
            lead(refusal.head());
            end(refusal.status(), refusal.trailers(), true);
        }
    }

    /// Headers for the head of an answer that has not begun.
    protected final void lead(Metadata head) {
        leading = head;
    }

    protected final Metadata leading() {
        var head = leading;
        return head == null ? new Metadata() : head;
    }

    /// Whatever is held of the request is not needed any more. Called once or more.
    protected abstract void release();

    /// Ends the call from outside of its handler, which learns it by its context at once.
    public final void terminate(Status status) {
        refuse(status);
    }

    /// The caller is gone: nothing can be sent any more.
    protected final void disconnected() {
        if (closed.compareAndSet(false, true)) {
            end(Status.CANCELLED.withDescription("the caller went away"), new Metadata(), false);
        }
    }

    @Override
    public final void close(Status status, Metadata trailers) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        var judged = judge(status);
        answered = true;
        finish(judged, trailers, true);
        run(() -> tell(Listener::onComplete));
    }

    private void end(Status status, Metadata trailers, boolean send) {
        cancelled = true;
        context.cancel(status.asException());
        finish(status, trailers, send);
        run(() -> tell(Listener::onCancel));
    }

    private void finish(Status status, Metadata trailers, boolean send) {
        try {
            if (send) {
                sendEnd(status, trailers);
            }
        } catch (RuntimeException e) {
            // Metadata that HTTP cannot carry, such as a line break in a value.
            sendEnd(internal(e), new Metadata());
        } finally {
            exchange.policy().open().remove(this);
            release();
            exchange.ended(status, context);
            if (answered) {
                context.cancel(null);
            }
        }
    }

    private Status judge(Status status) {
        if (status.getCode() == Status.Code.UNKNOWN
                && status.getCause() != null
                && status.getDescription() == null) {
            return internal(status.getCause());
        }
        if (status.isOk() && exchange.procedure().oneResponse() && messagesSent() != 1) {
            return internal(
                    new IllegalStateException(
                            "responses: " + messagesSent() + " (expected: exactly one)"));
        }
        return status;
    }

    /// How many messages the handler has sent.
    protected abstract int messagesSent();

    private void failed(Throwable problem) {
        var trailers =
                problem instanceof StatusRuntimeException r
                        ? r.getTrailers()
                        : problem instanceof StatusException e ? e.getTrailers() : null;
        var status =
                problem instanceof StatusRuntimeException r
                        ? r.getStatus()
                        : problem instanceof StatusException e ? e.getStatus() : null;
        if (closed.get()) {
            if (status == null) {
                internal(problem);
            }
            return;
        }
        close(
                status == null ? internal(problem) : status,
                trailers == null ? new Metadata() : trailers);
        if (problem instanceof VirtualMachineError error) {
            throw error;
        }
    }

    /// A fault of ours: the caller learns the request id, the log the rest.
    protected final Status internal(Throwable problem) {
        LOG.atError()
                .setCause(problem)
                .addKeyValue("event", "rpc-failed")
                .addKeyValue("procedure", exchange.info().procedure())
                .addKeyValue("request_id", exchange.info().requestId())
                .log("a handler failed unexpectedly");
        return Status.INTERNAL.withDescription(
                "internal error (request id " + exchange.info().requestId() + ")");
    }

    protected final boolean closed() {
        return closed.get();
    }

    @Override
    public final boolean isCancelled() {
        return cancelled;
    }

    @Override
    public final MethodDescriptor<Q, R> getMethodDescriptor() {
        return exchange.procedure().method();
    }

    @Override
    public final @Nullable String getAuthority() {
        return exchange.transport().request().authority();
    }

    @Override
    public SecurityLevel getSecurityLevel() {
        return exchange.info().tls() == null
                ? SecurityLevel.NONE
                : SecurityLevel.PRIVACY_AND_INTEGRITY;
    }

    @Override
    public final Attributes getAttributes() {
        var attributes =
                Attributes.newBuilder()
                        .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, exchange.info().peer());
        var tls = exchange.info().tls();
        if (tls != null) {
            attributes.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, tls);
        }
        return attributes.build();
    }
}
