package dev.vmcp.verify.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/// A real Prometheus in a network namespace, which scrapes a host there once a second and has our
/// alerts.
final class PrometheusServer implements AutoCloseable {

    private static final String URL = "http://127.0.0.1:9090";
    private static final Duration START = Duration.ofSeconds(60);

    private final Namespace namespace;
    private final Process process;

    private PrometheusServer(Namespace namespace, Process process) {
        this.namespace = namespace;
        this.process = process;
    }

    /// The program; skips the test where it is not installed.
    static String program(String name) {
        var found = Command.find(name);
        assumeTrue(found.isPresent(), "no " + name + " on the search path");
        return found.orElseThrow();
    }

    /// @param directory gets its data
    /// @param rules a file of rules
    static PrometheusServer in(Namespace namespace, Path directory, String target, Path rules)
            throws IOException {
        var configuration = directory.resolve("prometheus.yaml");
        Files.writeString(
                configuration,
                """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                scrape_configs: [{job_name: vmcp, static_configs: [{targets: ["%s"]}]}]
                """
                        .formatted(rules, target));
        var command = new ArrayList<>(namespace.prefix());
        command.addAll(
                List.of(
                        program("prometheus"),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + directory.resolve("prometheus"),
                        "--web.listen-address=127.0.0.1:9090"));
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("prometheus.log").toFile())
                        .start();
        var server = new PrometheusServer(namespace, process);
        Await.until(
                "Prometheus is ready",
                START,
                () -> namespace.run("curl", "-sf", URL + "/-/ready").status() == 0);
        return server;
    }

    /// The series that a query gives now.
    List<JsonObject> query(String expression) {
        var data = get("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        return objects(data.getAsJsonArray("result"));
    }

    /// The alerting rules as Prometheus evaluates them.
    List<JsonObject> rules() {
        return objects(get("rules").getAsJsonArray("groups")).stream()
                .flatMap(group -> objects(group.getAsJsonArray("rules")).stream())
                .toList();
    }

    private JsonObject get(String path) {
        var answer = namespace.run("curl", "-s", URL + "/api/v1/" + path).good();
        var json = JsonParser.parseString(answer).getAsJsonObject();
        if (!json.get("status").getAsString().equals("success")) {
            throw new AssertionError(path + ": " + answer);
        }
        return json.getAsJsonObject("data");
    }

    private static List<JsonObject> objects(JsonArray array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(one -> one.getAsJsonObject())
                .toList();
    }

    @Override
    public void close() {
        var _ = process.destroyForcibly();
        Await.until("Prometheus has ended", START, () -> !process.isAlive());
    }
}
