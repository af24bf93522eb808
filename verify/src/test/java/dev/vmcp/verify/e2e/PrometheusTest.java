package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
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
        assumeTrue(Command.find("prometheus").isPresent(), "no Prometheus");
        assumeTrue(TinyHost.qemu(), "no QEMU");
        try (var receiver = new OtlpReceiver();
                var rig = rig(receiver)) {
            var _ = rig.run("vm");
            rig.create("idle");
            assertThat(Http.call(rig.host(), "vmm.v1.VmService/NoSuch", "{}").status())
                    .isNotEqualTo(200);
            assertThat(Http.call(rig.host(), "made.Up/Method", "{}").status()).isNotEqualTo(200);
            try (var prometheus = Prometheus.scraping(temporary.toRealPath(), metrics(rig))) {
                Await.until(
                        "a reading of the VM's counters",
                        SOON,
                        () -> !prometheus.series("vmcp_vm_cpu_seconds_total").isEmpty());
                Await.until(
                        "a span that was sent",
                        SOON,
                        () -> !prometheus.series("vmcp_telemetry_spans_queued_total").isEmpty());
                for (var metric : documented()) {
                    assertThat(labels(prometheus, metric))
                            .as(metric.name())
                            .isEqualTo(Set.copyOf(metric.labels()));
                }
                assertThat(prometheus.names()).isSubsetOf(names());
                assertThat(prometheus.series("rpc_server_requests_total"))
                        .extracting(series -> series.get("rpc_method").getAsString())
                        .contains("vmm.v1.VmService/BootVm")
                        .noneMatch(method -> method.contains("NoSuch") || method.contains("made"));
                assertThat(prometheus.value("vmcp_vms{backend=\"qemu\",phase=\"running\"}"))
                        .contains("1");
                assertThat(prometheus.value("vmcp_boots_total{backend=\"qemu\",outcome=\"ok\"}"))
                        .contains("1");
                assertThat(prometheus.value("vmcp_launches_alive{backend=\"qemu\"}")).contains("1");
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

    private static String metrics(Rig rig) {
        return Await.value(
                "the listener for metrics",
                SOON,
                () -> {
                    var found = METRICS.matcher(read(rig.log()));
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
    private static Set<String> labels(Prometheus prometheus, Metric metric) {
        var name =
                metric.kind() == Metric.Kind.HISTOGRAM ? metric.name() + "_bucket" : metric.name();
        var series = prometheus.series(name);
        assertThat(series).as(metric.name()).isNotEmpty();
        return series.stream()
                .flatMap(one -> one.keySet().stream())
                .filter(label -> !OF_PROMETHEUS.contains(label))
                .collect(Collectors.toSet());
    }

    /// A Prometheus of its own directory and port.
    private record Prometheus(Process process, String url) implements AutoCloseable {

        static Prometheus scraping(Path directory, String target) throws Exception {
            var file = directory.resolve("prometheus.yml");
            Files.writeString(
                    file,
                    """
                    global: {scrape_interval: 1s}
                    scrape_configs:
                    - job_name: vmcp
                      static_configs: [{targets: ["%s"]}]
                    """
                            .formatted(target));
            int port;
            try (var free =
                    new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            var process =
                    new ProcessBuilder(
                                    Command.find("prometheus").orElseThrow(),
                                    "--config.file=" + file,
                                    "--storage.tsdb.path=" + directory.resolve("tsdb"),
                                    "--web.listen-address=127.0.0.1:" + port)
                            .redirectErrorStream(true)
                            .redirectOutput(directory.resolve("prometheus.log").toFile())
                            .start();
            return new Prometheus(process, "http://127.0.0.1:" + port);
        }

        List<JsonObject> series(String name) {
            return result("query?query=" + name)
                    .map(JsonElement::getAsJsonObject)
                    .map(one -> one.getAsJsonObject("metric"))
                    .toList();
        }

        Optional<String> value(String query) {
            var encoded =
                    java.net.URLEncoder.encode(query, java.nio.charset.StandardCharsets.UTF_8);
            return result("query?query=" + encoded)
                    .map(one -> one.getAsJsonObject().getAsJsonArray("value").get(1).getAsString())
                    .findFirst();
        }

        /// What the target said, without what Prometheus adds of its own.
        Set<String> names() {
            return result(
                            "query?query=count+by(__name__)({job=\"vmcp\"})"
                                    .replace("{", "%7B")
                                    .replace("}", "%7D")
                                    .replace("\"", "%22"))
                    .map(one -> one.getAsJsonObject().getAsJsonObject("metric"))
                    .map(metric -> metric.get("__name__").getAsString())
                    .filter(name -> !name.equals("up") && !name.startsWith("scrape_"))
                    .collect(Collectors.toSet());
        }

        /// Empty as long as it does not answer.
        private Stream<JsonElement> result(String query) {
            try {
                var body = Http.get(url + "/api/v1/" + query).body();
                var data = JsonParser.parseString(body).getAsJsonObject().getAsJsonObject("data");
                return StreamSupport.stream(data.getAsJsonArray("result").spliterator(), false);
            } catch (java.io.UncheckedIOException | IllegalStateException e) {
                return Stream.empty();
            }
        }

        @Override
        public void close() {
            process.destroy();
            var _ = process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        }
    }
}
