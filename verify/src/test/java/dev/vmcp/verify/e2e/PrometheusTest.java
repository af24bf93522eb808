package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import dev.vmcp.host.metrics.HostMetrics;
import dev.vmcp.platform.telemetry.otel.Metric;
import dev.vmcp.platform.telemetry.otel.OtlpReceiver;
import dev.vmcp.verify.harness.TinyHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real Prometheus scrapes a running host: what it has then is what the documents say, to the
/// label.
class PrometheusTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern METRICS =
            Pattern.compile("\"listener\":\"metrics\".*\"address\":\"([^\"]+)\"");
    private static final Set<String> OF_PROMETHEUS = Set.of("__name__", "job", "instance", "le");

    @TempDir private Path temporary;

    @Test
    void everyDocumentedNameAndLabelIsThereAndNothingElse() throws Exception {
        var _ = PrometheusServer.program("prometheus");
        var _ = PrometheusServer.program("curl");
        assumeTrue(TinyHost.qemu(), "no QEMU");
        try (var receiver = new OtlpReceiver();
                var rig = rig(receiver)) {
            var _ = rig.run("vm");
            rig.create("idle");
            assertThat(Http.call(rig.host(), "vmm.v1.VmService/NoSuch", "{}").status())
                    .isNotEqualTo(200);
            assertThat(Http.call(rig.host(), "made.Up/Method", "{}").status()).isNotEqualTo(200);
            try (var prometheus =
                    PrometheusServer.in(
                            List.of(),
                            temporary.toRealPath(),
                            PrometheusServer.plain(metrics(rig.log())),
                            List.of())) {
                awaitSeries(prometheus);
                for (var metric : documented()) {
                    assertThat(labels(prometheus, metric))
                            .as(metric.name())
                            .isEqualTo(Set.copyOf(metric.labels()));
                }
                assertThat(scraped(prometheus)).isSubsetOf(names());
                assertThat(series(prometheus, "rpc_server_requests_total"))
                        .extracting(series -> series.get("rpc_method").getAsString())
                        .contains("vmm.v1.VmService/BootVm")
                        .noneMatch(method -> method.contains("NoSuch") || method.contains("made"));
                assertThat(value(prometheus, "vmcp_vms{backend=\"qemu\",phase=\"running\"}"))
                        .contains("1");
                assertThat(value(prometheus, "vmcp_boots_total{backend=\"qemu\",outcome=\"ok\"}"))
                        .contains("1");
                assertThat(value(prometheus, "vmcp_launches_alive{backend=\"qemu\"}"))
                        .contains("1");
            }
        }
    }

    @Test
    void promtoolHasNothingToSayOfTheMetrics() throws Exception {
        assumeTrue(Command.find("promtool").isPresent(), "no promtool");
        try (var receiver = new OtlpReceiver();
                var rig = rig(receiver)) {
            rig.create("vm");
            var scraped = temporary.resolve("scraped");
            Files.writeString(scraped, Http.get(rig.host(), "metrics").body());

            var said = Command.run("sh", "-c", "promtool check metrics < '" + scraped + "'");
            assertThat(said.good()).isEmpty();
        }
    }

    private Rig rig(OtlpReceiver receiver) {
        return Rig.in(
                temporary,
                setup ->
                        setup.with("UNKEY_VMCP_OTEL_ENABLED", "true")
                                .with("UNKEY_VMCP_OTEL_PROMETHEUS_PORT", "0")
                                .with("UNKEY_VMCP_OTEL_ENDPOINT", receiver.url()));
    }

    /// Where the host that writes this log has its metrics.
    static String metrics(Path log) {
        return Await.value(
                "the listener for metrics",
                SOON,
                () -> {
                    var found = METRICS.matcher(read(log));
                    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
                });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Metric> documented() {
        return HostMetrics.documented().values().stream().flatMap(List::stream).toList();
    }

    /// All names that Prometheus may have of a host.
    private static Set<String> names() {
        return documented().stream()
                .flatMap(metric ->
                        switch (metric.kind()) {
                            case COUNTER, GAUGE -> Stream.of(metric.name());
                            case HISTOGRAM ->
                                    Stream.of("_bucket", "_count", "_sum")
                                            .map(part -> metric.name() + part);
                        })
                .collect(Collectors.toCollection(() -> new TreeSet<>(Set.of("target_info"))));
    }

    /// Of all its series together; empty where there is none.
    private static Set<String> labels(PrometheusServer prometheus, Metric metric) {
        var name = name(metric);
        return series(prometheus, name).stream()
                .flatMap(one -> one.keySet().stream())
                .filter(label -> !OF_PROMETHEUS.contains(label))
                .collect(Collectors.toSet());
    }

    private static String name(Metric metric) {
        return metric.kind() == Metric.Kind.HISTOGRAM ? metric.name() + "_bucket" : metric.name();
    }

    /// Some are there only after a reading, a garbage collection or a span that was sent.
    private static void awaitSeries(PrometheusServer prometheus) {
        documented()
                .forEach(metric ->
                        Await.until(
                                "a series of " + metric.name(),
                                SOON,
                                () -> !series(prometheus, name(metric)).isEmpty()));
    }

    private static List<JsonObject> series(PrometheusServer prometheus, String name) {
        return prometheus.query(name).stream().map(one -> one.getAsJsonObject("metric")).toList();
    }

    private static Optional<String> value(PrometheusServer prometheus, String query) {
        return prometheus.query(query).stream()
                .map(one -> one.getAsJsonArray("value").get(1).getAsString())
                .findFirst();
    }

    /// What the target said, without what Prometheus adds of its own.
    private static Set<String> scraped(PrometheusServer prometheus) {
        return prometheus.query("count by(__name__)({job=\"vmcp\"})").stream()
                .map(one -> one.getAsJsonObject("metric").get("__name__").getAsString())
                .filter(name -> !name.equals("up") && !name.startsWith("scrape_"))
                .collect(Collectors.toSet());
    }
}
