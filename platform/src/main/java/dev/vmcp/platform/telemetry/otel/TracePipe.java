package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;

/// The way of spans out of the process.
final class TracePipe {

    private static final Duration DELAY = Duration.ofSeconds(1);

    /// A storm of failures must not become a storm of traces.
    private static final int FAILED_TRACES_PER_SECOND = 100;

    /// What callers and VMMs say must not make a span large.
    private static final SpanLimits LIMITS =
            SpanLimits.builder()
                    .setMaxNumberOfAttributes(32)
                    .setMaxAttributeValueLength(1000)
                    .build();

    private TracePipe() {}

    static SdkTracerProvider of(
            OtelSettings settings, Exporters exporters, Resource resource, MetricPipes metrics) {
        var exporter = new CountedExporter(exporters.spans());
        var batches =
                BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(DELAY)
                        .setMeterProvider(metrics.provider())
                        // What comes here has been decided.
                        .setExportUnsampledSpans(true)
                        .build();
        var traces =
                new LocalTraces(batches, new PerSecond(FAILED_TRACES_PER_SECOND, System::nanoTime));
        metrics.watch(traces, exporter);
        return SdkTracerProvider.builder()
                .setResource(resource)
                .setSampler(new RecordAlways(settings.samplingRatio()))
                .addSpanProcessor(traces)
                .setSpanLimits(LIMITS)
                .build();
    }
}
