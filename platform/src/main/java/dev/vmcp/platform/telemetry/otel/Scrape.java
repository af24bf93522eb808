package dev.vmcp.platform.telemetry.otel;

import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.http.WebRequest;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Answers a scrape with what the reader collects now.
final class Scrape implements WebHandler {

    private final PrometheusMetricReader reader;
    private final ExpositionFormats formats = ExpositionFormats.init();

    Scrape(PrometheusMetricReader reader) {
        this.reader = reader;
    }

    @Override
    public WebReply handle(WebRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return WebReply.text(405, "GET only\n").with("allow", "GET, HEAD");
        }
        var accept = request.header("accept").orElse("");
        var format = formats.findWriter(accept);
        var body = new ByteArrayOutputStream(16 << 10);
        try {
            format.write(
                    body, explained(reader.collect()), EscapingScheme.fromAcceptHeader(accept));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return WebReply.of(200, format.getContentType(), body.toByteArray());
    }

    /// The SDK leaves the one metric that it makes by itself without a word about it.
    private static MetricSnapshots explained(MetricSnapshots all) {
        var explained = MetricSnapshots.builder();
        for (var one : all) {
            explained.metricSnapshot(
                    one instanceof InfoSnapshot info && info.getMetadata().getHelp() == null
                            ? new InfoSnapshot(
                                    new MetricMetadata(
                                            info.getMetadata().getName(),
                                            "What the metrics are of"),
                                    info.getDataPoints())
                            : one);
        }
        return explained.build();
    }
}
