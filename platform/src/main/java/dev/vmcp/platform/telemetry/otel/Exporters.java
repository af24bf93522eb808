package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;

/// What speaks OTLP to the configured endpoint.
final class Exporters {

    /// A receiver that hangs holds one batch so long, and no call.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final OtelSettings settings;

    Exporters(OtelSettings settings) {
        this.settings = settings;
    }

    SpanExporter spans() {
        return switch (settings.protocol()) {
            case HTTP ->
                    OtlpHttpSpanExporter.builder()
                            .setEndpoint(settings.endpoint() + "/v1/traces")
                            .setTimeout(PATIENCE)
                            .build();
            case GRPC ->
                    OtlpGrpcSpanExporter.builder()
                            .setEndpoint(settings.endpoint())
                            .setTimeout(PATIENCE)
                            .build();
        };
    }

    MetricExporter metrics() {
        return switch (settings.protocol()) {
            case HTTP ->
                    OtlpHttpMetricExporter.builder()
                            .setEndpoint(settings.endpoint() + "/v1/metrics")
                            .setTimeout(PATIENCE)
                            .build();
            case GRPC ->
                    OtlpGrpcMetricExporter.builder()
                            .setEndpoint(settings.endpoint())
                            .setTimeout(PATIENCE)
                            .build();
        };
    }
}
