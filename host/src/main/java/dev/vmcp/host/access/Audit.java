package dev.vmcp.host.access;

import com.google.protobuf.Message;
import dev.vmcp.core.access.Caller;
import dev.vmcp.platform.rpc.call.CallInfo;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/// Writes down who changed what and what came of it, and who was refused.
public final class Audit implements AutoCloseable {

    private static final long FILE_BYTES = 64L << 20;

    /// The fields of messages that say what a call is about.
    private static final List<String> SUBJECTS =
            List.of("vm_id", "disk_id", "nic_id", "snapshot_id", "token_id");

    private final AuditLog log;
    private final InstantSource clock;

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

    /// Writes about a call that was not let in.
    void refused(ServerCall<?, ?> call, Caller caller, Status status) {
        end(begin(call, caller), status);
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
                followed.ended(Status.CANCELLED);
                super.onCancel();
            }
        };
    }

    private Map<String, String> begin(ServerCall<?, ?> call, Caller caller) {
        var info = CallInfo.current().orElseThrow();
        var entry = new LinkedHashMap<String, String>();
        entry.put("time", clock.instant().toString());
        entry.put("caller", caller.words());
        entry.put("peer", info.peer().toString());
        entry.put("method", call.getMethodDescriptor().getFullMethodName());
        entry.put("request_id", info.requestId());
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
                var type = named.getDescriptorForType();
                for (var subject : SUBJECTS) {
                    var field = type.findFieldByName(subject);
                    if (field != null) {
                        entry.put(subject, named.getField(field).toString());
                    }
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
            if (ended.compareAndSet(false, true)) {
                end(entry, status);
            }
        }
    }
}
