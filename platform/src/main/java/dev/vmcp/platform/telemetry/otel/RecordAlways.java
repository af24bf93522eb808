package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/// Samples as the parent does, and a ratio of what has no parent; what is not sampled is recorded
/// all the same, so that a failure can still be told.
final class RecordAlways implements Sampler {

    private final TraceRatio roots;

    RecordAlways(TraceRatio roots) {
        this.roots = roots;
    }

    @Override
    public SamplingResult shouldSample(
            Context parent,
            String traceId,
            String name,
            SpanKind kind,
            Attributes attributes,
            List<LinkData> links) {
        var above = Span.fromContext(parent).getSpanContext();
        boolean sampled = above.isValid() ? above.isSampled() : roots.samples(traceId);
        return sampled ? SamplingResult.recordAndSample() : SamplingResult.recordOnly();
    }

    @Override
    public String getDescription() {
        return "RecordAlways{roots=" + roots + "}";
    }
}
