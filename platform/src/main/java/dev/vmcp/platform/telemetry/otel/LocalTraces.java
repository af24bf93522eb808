package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Passes on what is sampled at once, and what is not once it has failed: spans of an unsampled
/// local trace wait until its local root ends. If any of them failed by then, all are passed on,
/// and those that end later too; otherwise none.
///
/// Memory is bounded: of at most [#MOST_OPEN] spans it is known that they are under way, and at
/// most [#MOST_WAITING] that ended wait; those beyond are counted and lost.
final class LocalTraces implements SpanProcessor {

    static final int MOST_WAITING = 8192;
    static final int MOST_OPEN = 16_384;

    private final SpanProcessor export;
    private final BooleanSupplier admission;
    private final ConcurrentMap<String, LocalTrace> open = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder lost = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /// @param export gets what leaves the process, sampled or not
    /// @param admission says for each failed unsampled trace whether it may leave
    LocalTraces(SpanProcessor export, BooleanSupplier admission) {
        this.export = export;
        this.admission = admission;
    }

    /// Spans that found no room to wait in, ever.
    long lost() {
        return lost.sum();
    }

    /// Failed traces that were not admitted, ever.
    long refused() {
        return refused.sum();
    }

    /// Spans that wait now.
    int waiting() {
        return waiting.get();
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        if (span.getSpanContext().isSampled()) {
            return;
        }
        var trace = above(Span.fromContext(parent));
        if (open.size() >= MOST_OPEN) {
            lost.increment();
            return;
        }
        var id = span.getSpanContext().getSpanId();
        open.put(id, trace == null ? new LocalTrace(id) : trace);
    }

    private @Nullable LocalTrace above(Span parent) {
        if (parent instanceof CallSpan call) {
            return call.trace();
        }
        var above = parent.getSpanContext();
        return above.isValid() && !above.isRemote() ? open.get(above.getSpanId()) : null;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (span.getSpanContext().isSampled()) {
            export.onEnd(span);
            return;
        }
        var trace = open.remove(span.getSpanContext().getSpanId());
        if (trace != null) {
            ended(trace, span, failed(span)).forEach(export::onEnd);
        }
    }

    /// The same for a call, which is the root of what it did here.
    void ended(CallSpan span, boolean failed) {
        if (span.sampled()) {
            export.onEnd(span);
        } else {
            ended(span.trace(), span, failed).forEach(export::onEnd);
        }
    }

    private List<ReadableSpan> ended(LocalTrace trace, ReadableSpan span, boolean failed) {
        boolean fits = waiting.incrementAndGet() <= MOST_WAITING;
        if (!fits) {
            lost.increment();
        }
        var outcome = trace.ended(span, failed, fits, this::admit);
        waiting.addAndGet(-outcome.released() - (fits ? 0 : 1));
        return outcome.leaving();
    }

    private static boolean failed(ReadableSpan span) {
        return span.toSpanData().getStatus().getStatusCode() == StatusCode.ERROR;
    }

    private boolean admit() {
        boolean admitted = admission.getAsBoolean();
        if (!admitted) {
            refused.increment();
        }
        return admitted;
    }

    @Override
    public boolean isStartRequired() {
        return true;
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public CompletableResultCode shutdown() {
        return export.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
        return export.forceFlush();
    }
}
