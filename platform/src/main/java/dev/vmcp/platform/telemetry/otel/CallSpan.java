package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The server span of one call. The SDK's own costs every call what only those need that are
/// exported; this one has its ids as numbers, reads the clock once at its end, and has attributes
/// when somebody wants them. It is told of the call only by [#end(CallEnd, Duration)]; what others
/// would set is not kept, so it says that it does not record.
final class CallSpan implements Span, ReadableSpan {

    private static final AttributeKey<String> REQUEST_ID =
            AttributeKey.stringKey("vmcp.request_id");

    private final CallSpans spans;
    private final String name;
    private final SpanContext above;
    private final Attributes usual;
    private final String requestId;
    private final long traceHigh;
    private final long traceLow;
    private final long id;
    private final boolean sampled;
    private @Nullable SpanContext context;
    private final AtomicReference<@Nullable LocalTrace> trace = new AtomicReference<>();
    private long endEpochNanos;
    private long nanos;
    private volatile @Nullable CallEnd end;

    CallSpan(CallSpans spans, String name, SpanContext above, Attributes usual, String requestId) {
        var random = ThreadLocalRandom.current();
        this.spans = spans;
        this.name = name;
        this.above = above;
        this.usual = usual;
        this.requestId = requestId;
        boolean root = !above.isValid();
        traceHigh = root ? random.nextLong() : 0;
        traceLow = root ? some(random) : 0;
        id = some(random);
        sampled = root ? spans.ratio().samples(traceLow) : above.isSampled();
    }

    /// A zero would be no id.
    private static long some(ThreadLocalRandom random) {
        long bits = random.nextLong();
        return bits == 0 ? 1 : bits;
    }

    boolean sampled() {
        return sampled;
    }

    /// Which spans below this one belong to; only of a call that is not sampled.
    LocalTrace trace() {
        var known = trace.get();
        if (known != null) {
            return known;
        }
        var made = new LocalTrace(getSpanContext().getSpanId());
        return trace.compareAndSet(null, made) ? made : trace();
    }

    /// The call is over. Once.
    void end(CallEnd how, Duration took) {
        if (!sampled && !how.failed() && trace.compareAndSet(null, LocalTrace.DROPPED)) {
            // No span is below it, and nobody will ask for it.
            return;
        }
        endEpochNanos = spans.clock().now();
        nanos = took.toNanos();
        end = how;
        spans.traces().ended(this, how.failed());
    }

    @Override
    public SpanContext getSpanContext() {
        var known = context;
        if (known == null) {
            // Threads that come at once make the same.
            known = made();
            context = known;
        }
        return known;
    }

    private SpanContext made() {
        boolean root = !above.isValid();
        var flags =
                TraceFlags.builder()
                        .setSampled(sampled)
                        .setRandomTraceId(root || above.getTraceFlags().isTraceIdRandom())
                        .build();
        return SpanContext.create(
                root ? TraceId.fromLongs(traceHigh, traceLow) : above.getTraceId(),
                SpanId.fromLong(id),
                flags,
                above.getTraceState());
    }

    @Override
    public SpanData toSpanData() {
        var how = end;
        if (how == null) {
            throw new IllegalStateException("call: " + name + " (expected: one that has ended)");
        }
        return new CallSpanData(
                this,
                spans.resource(),
                how.status(),
                getAttributes(),
                endEpochNanos - nanos,
                endEpochNanos);
    }

    @Override
    public Attributes getAttributes() {
        var how = end;
        var all = usual.toBuilder().put(REQUEST_ID, requestId);
        return (how == null ? all : all.putAll(how.attributes())).build();
    }

    @Override
    public <T> @Nullable T getAttribute(AttributeKey<T> key) {
        return getAttributes().get(key);
    }

    @Override
    public SpanContext getParentSpanContext() {
        return above;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public SpanKind getKind() {
        return SpanKind.SERVER;
    }

    @Override
    public boolean hasEnded() {
        return end != null;
    }

    @Override
    public long getLatencyNanos() {
        return nanos;
    }

    @Override
    @Deprecated
    public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
        return InstrumentationLibraryInfo.create(spans.scope().getName(), null);
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
        return spans.scope();
    }

    @Override
    public boolean isRecording() {
        return false;
    }

    @Override
    public <T> Span setAttribute(AttributeKey<T> key, @Nullable T value) {
        return this;
    }

    @Override
    public Span addEvent(String event, Attributes attributes) {
        return this;
    }

    @Override
    public Span addEvent(String event, Attributes attributes, long time, TimeUnit unit) {
        return this;
    }

    @Override
    public Span setStatus(StatusCode code, String description) {
        return this;
    }

    @Override
    public Span recordException(Throwable problem, Attributes attributes) {
        return this;
    }

    @Override
    public Span updateName(String other) {
        return this;
    }

    @Override
    public void end() {}

    @Override
    public void end(long time, TimeUnit unit) {}
}
