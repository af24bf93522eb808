package dev.vmcp.host.health;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes the health documents. The first check is the backend's. A problem of a vital check makes
/// the host unhealthy, any other degraded. Safe for use by many threads.
public final class HealthReport {

    private static final JsonFactory JSON = new JsonFactory();

    /// @param healthy whether a probe gets 200
    public record Document(boolean healthy, String json) {}

    private record Result(Check check, long millis, Optional<String> problem, Instant at) {}

    private final String version;
    private final String backend;
    private final List<Check> checks;
    private final InstantSource clock;
    private final MachineFacts machine = MachineFacts.read();

    /// @param backend the configured backend's name
    /// @param checks the backend's first
    public HealthReport(String version, String backend, List<Check> checks, InstantSource clock) {
        this.version = version;
        this.backend = backend;
        this.checks = List.copyOf(checks);
        this.clock = clock;
    }

    /// The document for a probe that wants yes or no.
    public Document simple() {
        var results = look();
        var status = status(results);
        return new Document(status.equals("healthy"), "{\"status\":\"" + status + "\"}\n");
    }

    /// The document with everything.
    public Document complete() {
        var results = look();
        var status = status(results);
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            write(json, status, results);
        } catch (IOException e) {
            throw new UncheckedIOException("write a document", e);
        }
        return new Document(status.equals("healthy"), text + "\n");
    }

    private List<Result> look() {
        var results = new ArrayList<Result>();
        for (var check : checks) {
            long began = System.nanoTime();
            var problem = check.look().problem();
            results.add(
                    new Result(
                            check,
                            (System.nanoTime() - began) / 1_000_000,
                            problem,
                            clock.instant()));
        }
        return results;
    }

    private static String status(List<Result> results) {
        var wrong = results.stream().filter(result -> result.problem().isPresent()).toList();
        if (wrong.isEmpty()) {
            return "healthy";
        }
        return wrong.stream().anyMatch(result -> result.check().vital()) ? "unhealthy" : "degraded";
    }

    private void write(JsonGenerator json, String status, List<Result> results) throws IOException {
        json.writeStartObject();
        json.writeStringField("status", status);
        json.writeStringField("timestamp", clock.instant().toString());
        json.writeStringField("version", version);
        backend(json, results.getFirst());
        system(json);
        json.writeObjectFieldStart("checks");
        for (var result : results) {
            json.writeObjectFieldStart(result.check().name());
            json.writeStringField("status", result.problem().isPresent() ? "unhealthy" : "healthy");
            json.writeNumberField("duration_ms", result.millis());
            error(json, result);
            json.writeStringField("timestamp", result.at().toString());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void backend(JsonGenerator json, Result result) throws IOException {
        json.writeObjectFieldStart("backend");
        json.writeStringField("type", backend);
        json.writeStringField("status", result.problem().isPresent() ? "unhealthy" : "healthy");
        error(json, result);
        json.writeEndObject();
    }

    private static void error(JsonGenerator json, Result result) throws IOException {
        if (result.problem().isPresent()) {
            json.writeStringField("error", result.problem().get());
        }
    }

    private void system(JsonGenerator json) throws IOException {
        var memory = MachineFacts.memory();
        json.writeObjectFieldStart("system");
        json.writeStringField("hostname", machine.hostname());
        json.writeObjectFieldStart("cpu");
        json.writeStringField("architecture", System.getProperty("os.arch"));
        json.writeNumberField("cores", machine.cores());
        json.writeStringField("model", machine.cpuModel());
        json.writeEndObject();
        json.writeObjectFieldStart("memory");
        json.writeNumberField("total_bytes", memory.total());
        json.writeNumberField("used_bytes", memory.used());
        json.writeNumberField("available_bytes", memory.available());
        json.writeNumberField("used_percent", memory.usedPercent());
        json.writeEndObject();
        json.writeNumberField("uptime", MachineFacts.uptimeSeconds());
        json.writeEndObject();
    }
}
