package dev.vmcp.platform.telemetry.otel;

import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.telemetry.Logs;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The traces and metrics of this process. Where they are off, all calls do nothing at next to no
/// cost. Safe for use by many threads.
///
/// An exporter that is down, slow or answers nonsense costs no call anything: queues are bounded
/// and what does not fit is lost.
public final class Telemetry implements AutoCloseable {

    /// What it tells about itself.
    public static final List<Metric> METRICS = MetricPipes.METRICS;

    static final String SCOPE = "dev.vmcp";
    private static final Duration GOODBYE = Duration.ofSeconds(2);

    private final OpenTelemetry api;
    private final @Nullable OpenTelemetrySdk sdk;
    private final Optional<CallSpans> calls;
    private final Optional<WebHandler> scrape;

    private Telemetry(
            OpenTelemetry api,
            @Nullable OpenTelemetrySdk sdk,
            Optional<CallSpans> calls,
            Optional<WebHandler> scrape) {
        this.api = api;
        this.sdk = sdk;
        this.calls = calls;
        this.scrape = scrape;
    }

    /// Nothing is recorded.
    public static Telemetry off() {
        return new Telemetry(OpenTelemetry.noop(), null, Optional.empty(), Optional.empty());
    }

    /// Records and exports from now on. Does not wait for the receiver.
    public static Telemetry start(OtelSettings settings) {
        var resource =
                Resource.getDefault().toBuilder()
                        .put("service.name", settings.serviceName())
                        .put("service.version", settings.serviceVersion())
                        .put("service.instance.id", settings.instance())
                        .build();
        var exporters = new Exporters(settings);
        var metrics = new MetricPipes(settings, exporters, resource);
        var traces = new TracePipe(settings, exporters, resource, metrics);
        var sdk =
                OpenTelemetrySdk.builder()
                        .setMeterProvider(metrics.provider())
                        .setTracerProvider(traces.provider())
                        .build();
        Logs.show(CurrentTrace::ids);
        return new Telemetry(sdk, sdk, Optional.of(traces.calls()), metrics.scrape());
    }

    public boolean on() {
        return sdk != null;
    }

    public Tracer tracer() {
        return api.getTracer(SCOPE);
    }

    /// Where calls begin their spans; only where it is on.
    CallSpans calls() {
        return calls.orElseThrow(() -> new IllegalStateException("telemetry: off (expected: on)"));
    }

    /// What steps are begun below that nobody called for.
    public Context work() {
        return sdk == null ? Context.root() : Step.traced(tracer());
    }

    public Meter meter() {
        return api.getMeter(SCOPE);
    }

    /// Answers `GET /metrics` in Prometheus' text format, or in OpenMetrics' for those who ask for
    /// it. Empty where metrics are not pulled.
    public Optional<WebHandler> scrape() {
        return scrape;
    }

    /// Sends what is still waiting, for two seconds at most.
    @Override
    public void close() {
        var running = sdk;
        if (running == null) {
            return;
        }
        // The shutdown itself waits for a receiver that does not answer, longer than we do.
        var goodbye =
                Thread.ofVirtual()
                        .name("telemetry-goodbye")
                        .start(() ->
                                running.shutdown().join(GOODBYE.toSeconds(), TimeUnit.SECONDS));
        try {
            goodbye.join(GOODBYE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
