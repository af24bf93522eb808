package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;

/// The way of spans out of the process.
final class TracePipe {

    /// A storm of failures must not become a storm of traces.
    private static final int FAILED_TRACES_PER_SECOND = 100;

    private TracePipe() {}

    static SdkTracerProvider of(
            OtelSettings settings, Exporters exporters, Resource resource, MetricPipes metrics) {
        var batches =
                BatchSpanProcessor.builder(exporters.spans())
                        // What comes here has been decided.
                        .setExportUnsampledSpans(true)
                        .build();
        var traces =
                new LocalTraces(batches, new PerSecond(FAILED_TRACES_PER_SECOND, System::nanoTime));
        metrics.watch(traces);
        return SdkTracerProvider.builder()
                .setResource(resource)
                .setSampler(new RecordAlways(settings.samplingRatio()))
                .addSpanProcessor(traces)
                .build();
    }
}
