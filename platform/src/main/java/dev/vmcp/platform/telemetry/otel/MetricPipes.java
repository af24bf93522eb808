package dev.vmcp.platform.telemetry.otel;

import dev.vmcp.platform.http.WebHandler;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The ways of metrics out of the process: pushed by OTLP, pulled by Prometheus.
final class MetricPipes {

    private static final Duration BETWEEN_PUSHES = Duration.ofSeconds(15);

    private static final Metric LOST =
            Metric.counter(
                    "vmcp_telemetry_spans_lost_total",
                    "Spans of unsampled traces that found no room to wait in");
    private static final Metric REFUSED =
            Metric.counter(
                    "vmcp_telemetry_failed_traces_refused_total",
                    "Failed unsampled traces beyond those exported per second");
    private static final Metric WAITING =
            Metric.gauge(
                    "vmcp_telemetry_spans_waiting",
                    "Spans of unsampled traces that wait for the end of their trace");

    private static final Metric SENT =
            Metric.counter("vmcp_telemetry_spans_sent_total", "Spans that the receiver took");
    private static final Metric UNSENT =
            Metric.counter(
                    "vmcp_telemetry_spans_unsent_total",
                    "Spans that it did not take: down, too slow, or it answered nonsense");
    private static final Metric PROCESSED =
            Metric.counter(
                    "vmcp_telemetry_spans_processed_total",
                    "Spans that are done with: taken by the receiver (`false`), or thrown away because"
                            + " the queue to it was full (`true`); those it did not take are not"
                            + " here but unsent",
                    "dropped");

    static final List<Metric> METRICS = List.of(LOST, REFUSED, WAITING, PROCESSED, SENT, UNSENT);

    private final SdkMeterProvider provider;
    private final Optional<WebHandler> scrape;

    MetricPipes(OtelSettings settings, Exporters exporters, Resource resource) {
        var builder =
                SdkMeterProvider.builder()
                        .setResource(resource)
                        .registerView(named("processedSpans"), processed())
                        .registerView(named("queueSize"), nothing())
                        .registerView(
                                named("otel.sdk.metric_reader.collection.duration"), nothing())
                        .registerMetricReader(
                                PeriodicMetricReader.builder(pushed(settings, exporters))
                                        .setInterval(BETWEEN_PUSHES)
                                        .build());
        if (settings.prometheus()) {
            // The documented labels are all there are.
            var reader = PrometheusMetricReader.builder().setOtelScopeLabelsEnabled(false).build();
            builder.registerMetricReader(reader);
            scrape = Optional.of(new Scrape(reader));
        } else {
            scrape = Optional.empty();
        }
        provider = builder.build();
    }

    private static NoticedMetrics pushed(OtelSettings settings, Exporters exporters) {
        var notice = new ReceiverNotice("metrics", settings.endpoint());
        return new NoticedMetrics(exporters.metrics(), notice);
    }

    private static InstrumentSelector named(String name) {
        return InstrumentSelector.builder().setName(name).build();
    }

    /// What the SDK tells of itself and nobody asked for.
    private static View nothing() {
        return View.builder().setAggregation(Aggregation.drop()).build();
    }

    /// The SDK's own count, under a name of ours. It leaves out what could not be exported.
    private static View processed() {
        return View.builder()
                .setName(PROCESSED.name())
                .setDescription(PROCESSED.says())
                .setAttributeFilter(Set.copyOf(PROCESSED.labels()))
                .build();
    }

    SdkMeterProvider provider() {
        return provider;
    }

    Optional<WebHandler> scrape() {
        return scrape;
    }

    /// Counts what [LocalTraces] could not keep or let go.
    void watch(LocalTraces traces, CountedExporter exporter) {
        var meter = ((MeterProvider) provider).get("dev.vmcp.telemetry");
        LOST.observe(meter, result -> result.record(traces.lost()));
        REFUSED.observe(meter, result -> result.record(traces.refused()));
        SENT.observe(meter, result -> result.record(exporter.sent()));
        UNSENT.observe(meter, result -> result.record(exporter.unsent()));
        WAITING.observe(meter, result -> result.record(traces.waiting()));
    }
}
