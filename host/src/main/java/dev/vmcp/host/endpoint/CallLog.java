package dev.vmcp.host.endpoint;

import com.google.protobuf.Message;
import dev.vmcp.platform.rpc.call.CallInfo;
import dev.vmcp.platform.telemetry.otel.CurrentTrace;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// Writes one line about each call: at `info` for calls that change something and calls that fail,
/// at `debug` for reads that succeed.
public final class CallLog implements ServerInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(CallLog.class);
    private static final Metadata.Key<String> TRACE_PARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
    private static final Pattern TRACE =
            Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var logged = new Logged<>(call, headers, Span.fromContext(CurrentTrace.get()));
        return new SimpleForwardingServerCallListener<>(next.startCall(logged, headers)) {
            @Override
            public void onMessage(Q message) {
                logged.concerns(message);
                super.onMessage(message);
            }
        };
    }

    /// The trace that the caller says this call belongs to (W3C Trace Context); empty where it says
    /// none.
    private static String traceId(Metadata headers) {
        var parent = headers.get(TRACE_PARENT);
        var parts = TRACE.matcher(parent == null ? "" : parent);
        return parts.matches() ? parts.group(1) : "";
    }

    private static final class Logged<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private final long began = System.nanoTime();
        private final String requestId = CallInfo.current().map(CallInfo::requestId).orElse("");
        private final Metadata headers;
        private final Span span;
        private String vm = "";

        Logged(ServerCall<Q, R> call, Metadata headers, Span span) {
            super(call);
            this.headers = headers;
            this.span = span;
        }

        void concerns(Object request) {
            if (vm.isEmpty() && request instanceof Message message) {
                var field = message.getDescriptorForType().findFieldByName("vm_id");
                vm = field == null ? "" : message.getField(field).toString();
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
            super.close(status, trailers);
            write(status);
        }

        private void write(Status status) {
            var level = status.isOk() && getMethodDescriptor().isSafe() ? Level.DEBUG : Level.INFO;
            if (!LOG.isEnabledForLevel(level)) {
                return;
            }
            var line =
                    LOG.atLevel(level)
                            .addKeyValue("event", "call")
                            .addKeyValue("method", getMethodDescriptor().getFullMethodName())
                            .addKeyValue("code", status.getCode())
                            .addKeyValue("elapsed_ms", (System.nanoTime() - began) / 1_000_000)
                            .addKeyValue("request_id", requestId);
            var own = span.getSpanContext();
            var traceId = own.isValid() ? own.getTraceId() : traceId(headers);
            if (!traceId.isEmpty()) {
                line = line.addKeyValue("trace_id", traceId);
            }
            if (own.isValid()) {
                line = line.addKeyValue("span_id", own.getSpanId());
            }
            if (!vm.isEmpty()) {
                line = line.addKeyValue("vm", vm);
            }
            if (!status.isOk()) {
                line = line.addKeyValue("error", status.getDescription());
            }
            line.log("call ended");
        }
    }
}
