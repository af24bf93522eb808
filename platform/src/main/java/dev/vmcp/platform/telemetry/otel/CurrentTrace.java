package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.util.function.BiConsumer;

/// The trace that the code which runs now belongs to: of the call whose handler it is, or what was
/// made current otherwise.
public final class CurrentTrace {

    private static final io.grpc.Context.Key<Context> KEY = io.grpc.Context.key("trace");

    private CurrentTrace() {}

    /// Never fails; the empty context where there is no trace.
    public static Context get() {
        var own = Context.current();
        if (!own.equals(Context.root())) {
            return own;
        }
        var ofCall = KEY.get();
        return ofCall == null ? own : ofCall;
    }

    /// Tells the current trace and span, for logs.
    static void ids(BiConsumer<String, String> to) {
        var span = Span.fromContext(get()).getSpanContext();
        if (span.isValid()) {
            to.accept(span.getTraceId(), span.getSpanId());
        }
    }

    static io.grpc.Context in(io.grpc.Context context, Context trace) {
        return context.withValue(KEY, trace);
    }

    static Context of(io.grpc.Context context) {
        var trace = KEY.get(context);
        return trace == null ? Context.root() : trace;
    }
}
