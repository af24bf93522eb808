package dev.vmcp.verify.e2e;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// One of the dashboards that ship, and what it asks Prometheus.
record Dashboard(String name, JsonObject json) {

    static final Path DIRECTORY = Path.of("..", "dist", "observability").toAbsolutePath();

    private static final Pattern LABEL_VALUES =
            Pattern.compile("label_values\\((.*), (\\w+)\\)", Pattern.DOTALL);

    /// @param place dashboard and panel, for people
    record Query(String place, String expression) {

        /// With the variables as somebody sets them who looks at everything, and at one VM.
        String of(String vm) {
            return expression
                    .replace("$__rate_interval", "20s")
                    .replace("$job", ".*")
                    .replace("$instance", ".*")
                    .replace("$method", ".*")
                    .replace("$vm", vm);
        }
    }

    static List<Dashboard> all() throws IOException {
        try (var files = Files.list(DIRECTORY.resolve("dashboards"))) {
            return files.sorted().map(Dashboard::read).toList();
        }
    }

    private static Dashboard read(Path file) {
        try {
            var json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            return new Dashboard(file.getFileName().toString(), json);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    List<JsonObject> panels() {
        return objects(json.get("panels")).toList();
    }

    List<Query> queries() {
        return panels().stream()
                .filter(panel -> panel.has("targets"))
                .flatMap(panel ->
                        objects(panel.get("targets"))
                                .map(target ->
                                        new Query(
                                                name + ": " + text(panel, "title"),
                                                text(target, "expr"))))
                .toList();
    }

    /// What fills the lists of values to choose from: each as a query with one series per value.
    List<Query> variables() {
        return objects(json.getAsJsonObject("templating").get("list"))
                .map(variable -> {
                    var match =
                            LABEL_VALUES.matcher(text(variable.getAsJsonObject("query"), "query"));
                    if (!match.matches()) {
                        throw new AssertionError("not label_values(…): " + variable);
                    }
                    return new Query(
                            name + ": $" + text(variable, "name"),
                            "count by (" + match.group(2) + ") (" + match.group(1) + ")");
                })
                .toList();
    }

    private static Stream<JsonObject> objects(JsonElement array) {
        return StreamSupport.stream(array.getAsJsonArray().spliterator(), false)
                .map(JsonElement::getAsJsonObject);
    }

    static String text(JsonObject object, String name) {
        return object.get(name).getAsString();
    }
}
