package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A piece of work that shows as a span of its own, below whatever the thread that begins it works
/// for. Where that is not traced it is nothing, and costs next to nothing.
///
/// Each that was begun is ended once, by [#call] or [#end].
public final class Step {

    private static final ContextKey<Tracer> TRACER = ContextKey.named("tracer");

    /// More of what a VMM says of a failure is of no use.
    private static final int LONGEST = 1000;

    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    private final Context context;
    private final Span span;
    private volatile boolean failed;

    private Step(Context context, Span span) {
        this.context = context;
        this.span = span;
    }

    /// A context below which steps show.
    static Context traced(Tracer tracer) {
        return Context.root().with(TRACER, tracer);
    }

    /// Begins a step of what this thread works for.
    public static Step begin(String name, SpanKind kind) {
        return begin(CurrentTrace.get(), name, kind);
    }

    /// Begins a step of what `work` is, such as a call that another thread has taken.
    public static Step begin(Context work, String name, SpanKind kind) {
        var tracer = work.get(TRACER);
        if (tracer == null) {
            return new Step(work, Span.getInvalid());
        }
        var span = tracer.spanBuilder(name).setParent(work).setSpanKind(kind).startSpan();
        return new Step(work.with(span), span);
    }

    public <T> Step set(AttributeKey<T> key, T value) {
        span.setAttribute(key, value);
        return this;
    }

    public Step set(AttributeKey<Long> key, long value) {
        span.setAttribute(key, value);
        return this;
    }

    /// What a peer has to be told to continue this trace: W3C Trace Context.
    public void headers(BiConsumer<String, String> to) {
        W3CTraceContextPropagator.getInstance().inject(context, to, Step::put);
    }

    private static void put(
            @Nullable BiConsumer<String, String> carrier, String key, String value) {
        if (carrier != null) {
            carrier.accept(key, value);
        }
    }

    /// Does the work and ends the step; what is begun meanwhile is below it. A failure is passed on
    /// and makes this a failed step, of the type of the exception unless [#failed] said another.
    public <T> T call(Supplier<T> work) {
        try (var _ = context.makeCurrent()) {
            return work.get();
        } catch (RuntimeException e) {
            failed(e.getClass().getName(), String.valueOf(e.getMessage()));
            throw e;
        } finally {
            span.end();
        }
    }

    /// It failed; the first to say so is heard.
    ///
    /// @param type one of few words, for sorting
    /// @param words why
    public void failed(String type, String words) {
        if (!failed) {
            failed = true;
            span.setAttribute(ERROR_TYPE, type);
            span.setStatus(StatusCode.ERROR, words.substring(0, Math.min(words.length(), LONGEST)));
        }
    }

    public void end() {
        span.end();
    }
}
