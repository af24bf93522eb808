package dev.vmcp.host.access;

import com.google.protobuf.Message;
import dev.vmcp.core.access.Caller;
import dev.vmcp.platform.http.WebRequest;
import dev.vmcp.platform.rpc.call.CallInfo;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// Writes down who changed what and what came of it, and who was refused.
public final class Audit implements AutoCloseable {

    static final int MOST_REFUSALS = 50;

    private static final long FILE_BYTES = 64L << 20;

    private final AuditLog log;
    private final InstantSource clock;
    private long refusing;
    private int refusals;
    private long unwritten;

    private Audit(AuditLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /// @throws java.io.UncheckedIOException when the file cannot be opened
    public static Audit open(Path file, InstantSource clock) {
        return new Audit(new AuditLog(file, FILE_BYTES), clock);
    }

    @Override
    public void close() {
        log.close();
    }

    /// Writes about a call that was not let in. Beyond [#MOST_REFUSALS] in one second they are only
    /// counted, so that nobody can push out of the log what stands in it.
    void refused(ServerCall<?, ?> call, Caller caller, Status status) {
        refused(begin(call, caller), status);
    }

    /// The same of a plain request.
    void refused(WebRequest request, Caller caller) {
        var entry = entry(caller, request.peer());
        entry.put("method", request.method() + " " + request.path());
        refused(
                entry,
                caller instanceof Caller.Unknown(var why)
                        ? Status.UNAUTHENTICATED.withDescription(why)
                        : Status.UNAUTHENTICATED);
    }

    private void refused(Map<String, String> entry, Status status) {
        long second = clock.instant().getEpochSecond();
        long before;
        synchronized (this) {
            if (second != refusing) {
                refusing = second;
                refusals = 0;
            }
            if (++refusals > MOST_REFUSALS) {
                unwritten++;
                return;
            }
            before = unwritten;
            unwritten = 0;
        }
        if (before > 0) {
            entry.put("unwritten_refusals_before", Long.toString(before));
        }
        end(entry, status);
    }

    /// Lets a call pass and writes about it when it ends, before its caller learns the outcome.
    <Q, R> ServerCall.Listener<Q> follow(
            ServerCall<Q, R> call, Metadata headers, Caller caller, ServerCallHandler<Q, R> next) {
        var followed = new Followed<>(call, begin(call, caller));
        return new SimpleForwardingServerCallListener<>(next.startCall(followed, headers)) {
            @Override
            public void onMessage(Q message) {
                followed.concerns(message);
                super.onMessage(message);
            }

            @Override
            public void onCancel() {
                followed.ended(cancelled());
                super.onCancel();
            }
        };
    }

    /// Why the call under way was ended: what was sent cannot be read, a deadline, a caller who
    /// left.
    private static Status cancelled() {
        var status = Contexts.statusFromCancelled(Context.current());
        return status == null ? Status.CANCELLED : status;
    }

    private Map<String, String> begin(ServerCall<?, ?> call, Caller caller) {
        var info = CallInfo.current().orElseThrow();
        var entry = entry(caller, info.peer());
        entry.put("method", call.getMethodDescriptor().getFullMethodName());
        entry.put("request_id", info.requestId());
        return entry;
    }

    private Map<String, String> entry(Caller caller, SocketAddress peer) {
        var entry = new LinkedHashMap<String, String>();
        entry.put("time", clock.instant().toString());
        entry.put("caller", caller.words());
        entry.put("peer", peer.toString());
        return entry;
    }

    private void end(Map<String, String> entry, Status status) {
        entry.put("outcome", status.getCode().name().toLowerCase(Locale.ROOT));
        if (status.getDescription() != null) {
            entry.put("reason", status.getDescription());
        }
        log.append(entry);
    }

    private final class Followed<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private final Map<String, String> entry;
        private final AtomicBoolean ended = new AtomicBoolean();

        Followed(ServerCall<Q, R> call, Map<String, String> entry) {
            super(call);
            this.entry = entry;
        }

        void concerns(Object message) {
            if (message instanceof Message named) {
                synchronized (entry) {
                    Subjects.of(named).forEach(entry::put);
                }
            }
        }

        @Override
        public void sendMessage(R message) {
            // A create without an id learns it here.
            concerns(message);
            super.sendMessage(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            ended(status);
            super.close(status, trailers);
        }

        void ended(Status status) {
            // A deadline ends a call from another thread than its handler's.
            if (ended.compareAndSet(false, true)) {
                synchronized (entry) {
                    end(entry, status);
                }
            }
        }
    }
}
