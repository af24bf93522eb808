package dev.vmcp.verify.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/// A real Prometheus on a free port, which scrapes a host once a second.
final class PrometheusServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Pattern LISTENING = Pattern.compile("msg=\"Listening on\" address=(\\S+)");

    private final List<String> prefix;
    private final Process process;
    private final String url;

    private PrometheusServer(List<String> prefix, Process process, String url) {
        this.prefix = prefix;
        this.process = process;
        this.url = url;
    }

    /// The program; skips the test where it is not installed.
    static String program(String name) {
        var found = Command.find(name);
        assumeTrue(found.isPresent(), "no " + name + " on the search path");
        return found.orElseThrow();
    }

    /// How a `host:port` is scraped that needs nothing more.
    static String plain(String target) {
        return "static_configs: [{targets: [\"" + target + "\"]}]";
    }

    /// @param prefix what to put before each command, such as one that enters a namespace
    /// @param directory gets its data
    /// @param scrape what and how, as YAML, such as [#plain]
    /// @param rules files of rules
    static PrometheusServer in(List<String> prefix, Path directory, String scrape, List<Path> rules)
            throws IOException {
        var configuration = directory.resolve("prometheus.yaml");
        var log = directory.resolve("prometheus.log");
        Files.writeString(
                configuration,
                """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: %s
                scrape_configs: [{job_name: vmcp, %s}]
                """
                        .formatted(
                                rules.stream().map(rule -> "\"" + rule + "\"").toList(), scrape));
        var command = new ArrayList<>(prefix);
        command.addAll(
                List.of(
                        program("prometheus"),
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + directory.resolve("prometheus"),
                        "--web.listen-address=127.0.0.1:0"));
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            return started(prefix, process, log);
        } catch (AssertionError e) {
            end(process);
            throw e;
        }
    }

    /// Before it is ready it listens and answers 503.
    private static PrometheusServer started(List<String> prefix, Process process, Path log) {
        var address =
                Await.value(
                        "Prometheus listens",
                        START,
                        () ->
                                Optional.of(LISTENING.matcher(read(log)))
                                        .filter(Matcher::find)
                                        .map(found -> found.group(1)));
        var server = new PrometheusServer(prefix, process, "http://" + address);
        Await.until(
                "Prometheus is ready", START, () -> server.curl("-f", "/-/ready").status() == 0);
        return server;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Command.Result curl(String option, String path) {
        var command = new ArrayList<>(prefix);
        command.addAll(List.of("curl", "-s", option, url + path));
        return Command.run(command.toArray(String[]::new));
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
        var answer = curl("-S", "/api/v1/" + path).good();
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
        end(process);
    }

    private static void end(Process process) {
        var _ = process.destroyForcibly();
        Await.until("Prometheus has ended", START, () -> !process.isAlive());
    }
}
