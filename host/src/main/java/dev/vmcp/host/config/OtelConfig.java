package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Fault;
import dev.vmcp.platform.config.Kinds;
import dev.vmcp.platform.config.Setting;
import dev.vmcp.platform.telemetry.otel.OtelSettings;
import dev.vmcp.platform.telemetry.otel.OtelSettings.Protocol;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Traces and metrics.
///
/// @param samplingRate the part of traces that is exported, 0 to 1
/// @param endpoint where OTLP goes, `host:port` or a URL
/// @param prometheusTls whether metrics are pulled over TLS, with the files of the API
public record OtelConfig(
        boolean enabled,
        String serviceName,
        String serviceVersion,
        double samplingRate,
        String endpoint,
        Protocol protocol,
        boolean prometheusEnabled,
        int prometheusPort,
        boolean prometheusTls) {

    private static final Setting<Boolean> ENABLED =
            Setting.of("otel.enabled", Kinds.bool())
                    .env("UNKEY_VMCP_OTEL_ENABLED")
                    .or("false")
                    .says("Traces and metrics are made and exported.");
    private static final Setting<String> SERVICE_NAME =
            Setting.of("otel.service-name", Kinds.text())
                    .env("UNKEY_VMCP_OTEL_SERVICE_NAME")
                    .says("Service name in traces and metrics.");
    private static final Setting<String> SERVICE_VERSION =
            Setting.of("otel.service-version", Kinds.text())
                    .env("UNKEY_VMCP_OTEL_SERVICE_VERSION")
                    .or("0.0.1")
                    .says("Service version in traces and metrics.");
    private static final Setting<Double> SAMPLING_RATE =
            Setting.of("otel.sampling-rate", Kinds.ratio(0, 1))
                    .env("UNKEY_VMCP_OTEL_SAMPLING_RATE")
                    .or("1.0")
                    .says("Part of the traces that is exported; failures always are.");
    private static final Setting<String> ENDPOINT =
            Setting.of("otel.endpoint", Kinds.hostAndPort())
                    .env("UNKEY_VMCP_OTEL_ENDPOINT")
                    .or("localhost:4318")
                    .says("Where traces and metrics are sent by OTLP.");
    private static final Setting<Protocol> PROTOCOL =
            Setting.of("otel.protocol", Kinds.choice(Protocol.class))
                    .env("VMCP_OTEL_PROTOCOL")
                    .or("http")
                    .says("What carries OTLP: `http` (protobuf over HTTP) or `grpc`.");
    private static final Setting<Boolean> PROMETHEUS_ENABLED =
            Setting.of("otel.prometheus-enabled", Kinds.bool())
                    .env("UNKEY_VMCP_OTEL_PROMETHEUS_ENABLED")
                    .or("true")
                    .says("Metrics can be pulled as well.");
    private static final Setting<Integer> PROMETHEUS_PORT =
            Setting.of("otel.prometheus-port", Kinds.port())
                    .env("UNKEY_VMCP_OTEL_PROMETHEUS_PORT")
                    .or("9464")
                    .says("Port for pulling metrics; 0 takes any free one.");

    private static final Setting<Boolean> PROMETHEUS_TLS =
            Setting.of("otel.prometheus-tls", Kinds.bool())
                    .env("VMCP_OTEL_PROMETHEUS_TLS")
                    .or("false")
                    .says(
                            "Metrics are pulled over TLS, with the certificate and the demands of the"
                                    + " API (`api.tls`).");

    static List<Setting<?>> settings(Program program) {
        return List.of(
                program.names(ENABLED),
                program.names(serviceName(program)),
                program.names(SERVICE_VERSION),
                program.names(SAMPLING_RATE),
                program.names(ENDPOINT),
                PROTOCOL,
                program.names(PROMETHEUS_ENABLED),
                program.names(PROMETHEUS_PORT),
                PROMETHEUS_TLS);
    }

    /// @param certificate the setting of the certificate of the API
    static List<Fault> faults(Configuration configuration, Setting<Optional<Path>> certificate) {
        boolean plain =
                configuration.isSound(PROMETHEUS_TLS, certificate)
                        && configuration.get(PROMETHEUS_TLS)
                        && configuration.get(certificate).isEmpty();
        return plain
                ? List.of(configuration.fault(PROMETHEUS_TLS, "false, or " + certificate.key()))
                : List.of();
    }

    static OtelConfig from(Configuration configuration) {
        return new OtelConfig(
                configuration.get(ENABLED),
                configuration.get(SERVICE_NAME),
                configuration.get(SERVICE_VERSION),
                configuration.get(SAMPLING_RATE),
                configuration.get(ENDPOINT),
                configuration.get(PROTOCOL),
                configuration.get(PROMETHEUS_ENABLED),
                configuration.get(PROMETHEUS_PORT),
                configuration.get(PROMETHEUS_TLS));
    }

    boolean pulledInPlainText() {
        return enabled && prometheusEnabled && !prometheusTls;
    }

    /// For [dev.vmcp.platform.telemetry.otel.Telemetry]. An endpoint without a scheme is taken as
    /// plain HTTP.
    ///
    /// @param instance tells hosts apart that send to one receiver
    public OtelSettings settings(String instance) {
        var url = endpoint.contains("://") ? endpoint : "http://" + endpoint;
        var base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        return new OtelSettings(
                serviceName,
                serviceVersion,
                instance,
                samplingRate,
                base,
                protocol,
                prometheusEnabled);
    }

    private static Setting<String> serviceName(Program program) {
        var shown = "`vmm-controlplane`; `cloud-hypervisor-controlplane` as `chcp-api`";
        var name =
                switch (program) {
                    case VMCP, VMCP_API -> "vmm-controlplane";
                    case CHCP_API -> "cloud-hypervisor-controlplane";
                };
        return SERVICE_NAME.or(name, shown);
    }
}
