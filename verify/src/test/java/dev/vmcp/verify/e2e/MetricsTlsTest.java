package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.verify.harness.HostProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus pulls metrics over the TLS of the API.
final class MetricsTlsTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir Path directory;
    private Path place;
    private Authority ours;
    private HostProcess host;
    private String metrics;

    @BeforeEach
    void start() throws IOException {
        place = directory.toRealPath();
        ours = Authority.named("ours", place);
        var server = ours.sign("server");
        var setup =
                Rig.setup(place)
                        .with("VMCP_TLS_CERT", server.certificate().toString())
                        .with("VMCP_TLS_KEY", server.key().toString())
                        .with("VMCP_TLS_CLIENT_CA", ours.certificate().toString())
                        .with("UNKEY_VMCP_OTEL_ENABLED", "true")
                        .with("UNKEY_VMCP_OTEL_PROMETHEUS_PORT", "0")
                        .with("VMCP_OTEL_PROMETHEUS_TLS", "true");
        host = HostProcess.start(setup);
        metrics = PrometheusTest.metrics(setup.log());
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private PrometheusServer prometheus(String files) throws IOException {
        var scrape =
                "scheme: https, tls_config: {%s}, %s"
                        .formatted(files, PrometheusServer.plain(metrics));
        return PrometheusServer.in(List.of(), place, scrape, List.of());
    }

    private static void awaitUp(PrometheusServer prometheus, String value) {
        Await.until(
                "up is " + value,
                SOON,
                () -> prometheus.query("up{job=\"vmcp\"} == " + value).size() == 1);
    }

    @Test
    void whoShowsACertificateScrapesAndWhoShowsNoneDoesNot() throws Exception {
        var own = ours.sign("prometheus");
        var trusted = "ca_file: \"" + ours.certificate() + "\"";
        var shown = ", cert_file: \"%s\", key_file: \"%s\"".formatted(own.certificate(), own.key());
        try (var prometheus = prometheus(trusted + shown)) {
            awaitUp(prometheus, "1");
            assertThat(prometheus.query("vmcp_machine_memory_bytes")).hasSize(1);
        }
        try (var prometheus = prometheus(trusted)) {
            awaitUp(prometheus, "0");
        }
        assertThatThrownBy(() -> Http.get("http://" + metrics + "/metrics"))
                .hasRootCauseInstanceOf(IOException.class);
    }
}
