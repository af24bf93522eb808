package dev.vmcp.platform.telemetry.otel;

/// How traces and metrics are made and where they go.
///
/// @param instance what tells this process from others of the service, and stays over restarts
/// @param samplingRatio the part of new traces that is exported, 0 to 1; failed ones always are
/// @param endpoint a URL without a path: where OTLP is spoken
/// @param prometheus whether metrics can be pulled as well
public record OtelSettings(
        String serviceName,
        String serviceVersion,
        String instance,
        double samplingRatio,
        String endpoint,
        Protocol protocol,
        boolean prometheus) {

    /// What OTLP is carried by.
    public enum Protocol {
        HTTP,
        GRPC
    }
}
