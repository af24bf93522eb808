package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;

/// The way of spans out of the process.
final class TracePipe {

    private static final Duration DELAY = Duration.ofSeconds(1);

    /// A request to the receiver costs as much as hundreds of spans do.
    private static final int BATCH = 2048;

    private static final int QUEUE = 4 * BATCH;

    /// A storm of failures must not become a storm of traces.
    private static final int FAILED_TRACES_PER_SECOND = 100;

    /// What callers and VMMs say must not make a span large.
    private static final SpanLimits LIMITS =
            SpanLimits.builder()
                    .setMaxNumberOfAttributes(32)
                    .setMaxAttributeValueLength(1000)
                    .build();

    private final SdkTracerProvider provider;
    private final CallSpans calls;

    TracePipe(OtelSettings settings, Exporters exporters, Resource resource, MetricPipes metrics) {
        var exporter =
                new CountedExporter(
                        exporters.spans(), new ReceiverNotice("traces", settings.endpoint()));
        var batches =
                BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(DELAY)
                        .setMaxExportBatchSize(BATCH)
                        .setMaxQueueSize(QUEUE)
                        .setMeterProvider(metrics.provider())
                        // What comes here has been decided.
                        .setExportUnsampledSpans(true)
                        .build();
        var ratio = TraceRatio.of(settings.samplingRatio());
        var traces =
                new LocalTraces(batches, new PerSecond(FAILED_TRACES_PER_SECOND, System::nanoTime));
        metrics.watch(traces, exporter);
        provider =
                SdkTracerProvider.builder()
                        .setResource(resource)
                        .setSampler(new RecordAlways(ratio))
                        .addSpanProcessor(traces)
                        .setSpanLimits(LIMITS)
                        .build();
        var scope = InstrumentationScopeInfo.create(Telemetry.SCOPE);
        calls = new CallSpans(ratio, traces, resource, scope, Clock.getDefault());
    }

    SdkTracerProvider provider() {
        return provider;
    }

    CallSpans calls() {
        return calls;
    }
}
