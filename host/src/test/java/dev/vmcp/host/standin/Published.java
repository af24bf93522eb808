package dev.vmcp.host.standin;

import dev.vmcp.host.vmm.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// A vendor's published description of its VMM's API (OpenAPI 2 or 3), to judge requests by: the
/// path, the method, and each field of the body with its type.
///
/// The files are not ours; the environment variable `VMCP_CONTRACTS` names their folder.
public final class Published {

    private static final String FOLDER = "VMCP_CONTRACTS";

    private final Map<?, ?> root;
    private final Map<?, ?> paths;

    private Published(Map<?, ?> root) {
        this.root = root;
        this.paths = map(root.get("paths"));
    }

    /// Empty where the folder or the file is not there.
    public static Optional<Published> find(String file) throws IOException {
        var folder = System.getenv().getOrDefault(FOLDER, "");
        var path = Path.of(folder, file);
        if (folder.isEmpty() || !Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try (var reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
            return Optional.of(new Published((Map<?, ?>) yaml.load(reader)));
        }
    }

    /// What a file that is not there means for a test.
    public static String missing(String file) {
        return FOLDER + " names no folder with " + file;
    }

    /// What of a request the description does not know; empty when it knows all.
    ///
    /// @param base what the description leaves out at the front of paths
    public List<String> objections(Requests.Request request, String base) throws IOException {
        var bytes = request.body().getBytes(StandardCharsets.UTF_8);
        return objections(
                request.method(),
                request.path().substring(base.length()),
                bytes.length == 0 ? null : Json.read(bytes, 0, bytes.length));
    }

    /// What of an object the definition of this name does not know.
    public List<String> objections(String definition, Map<String, ?> object) {
        var found = new ArrayList<String>();
        var schema = map(map(root.get("definitions")).get(definition));
        check(definition, schema, object, found);
        return found;
    }

    private List<String> objections(String method, String path, @Nullable Object body) {
        var operation = operation(method, path);
        if (operation.isEmpty()) {
            return List.of(method + " " + path + ": no such operation");
        }
        var schema = schema(operation.get());
        if (schema.isEmpty()) {
            return body == null ? List.of() : List.of(method + " " + path + ": takes no body");
        }
        if (body == null) {
            return List.of(method + " " + path + ": needs a body");
        }
        var found = new ArrayList<String>();
        check(method + " " + path, schema.get(), body, found);
        return found;
    }

    private Optional<Map<?, ?>> operation(String method, String path) {
        var segments = path.split("/", -1);
        for (var entry : paths.entrySet()) {
            if (matches(String.valueOf(entry.getKey()).split("/", -1), segments)) {
                var operations = map(entry.getValue());
                return Optional.ofNullable(operations.get(method.toLowerCase(Locale.ROOT)))
                        .map(Published::map);
            }
        }
        return Optional.empty();
    }

    private static boolean matches(String[] pattern, String[] segments) {
        if (pattern.length != segments.length) {
            return false;
        }
        for (var i = 0; i < pattern.length; i++) {
            if (!pattern[i].startsWith("{") && !pattern[i].equals(segments[i])) {
                return false;
            }
        }
        return true;
    }

    private Optional<Map<?, ?>> schema(Map<?, ?> operation) {
        if (operation.get("parameters") instanceof List<?> parameters) {
            for (var parameter : parameters) {
                if ("body".equals(map(parameter).get("in"))) {
                    return Optional.of(map(map(parameter).get("schema")));
                }
            }
        }
        var content = map(map(operation.get("requestBody")).get("content"));
        var json = map(content.get("application/json"));
        return Optional.ofNullable(json.get("schema")).map(Published::map);
    }

    private void check(String at, Map<?, ?> given, Object value, List<String> found) {
        var schema = resolved(given);
        var type = String.valueOf(schema.get("type"));
        var fits =
                switch (type) {
                    case "object", "null" -> value instanceof Map;
                    case "array" -> value instanceof List;
                    case "string" -> value instanceof String;
                    case "boolean" -> value instanceof Boolean;
                    case "integer" -> value instanceof Long;
                    case "number" -> value instanceof Number;
                    default -> false;
                };
        if (!fits) {
            found.add(at + ": " + value + " (expected: " + type + ")");
        } else if (value instanceof Map<?, ?> object) {
            members(at, schema, object, found);
        } else if (value instanceof List<?> items) {
            for (var i = 0; i < items.size(); i++) {
                check(at + "[" + i + "]", map(schema.get("items")), items.get(i), found);
            }
        } else if (schema.get("enum") instanceof List<?> words
                && words.stream().noneMatch(word -> spelt(word).equals(value))) {
            found.add(at + ": " + value + " (expected: one of " + words + ")");
        }
    }

    private void members(String at, Map<?, ?> schema, Map<?, ?> object, List<String> found) {
        var properties = map(schema.get("properties"));
        for (var member : object.entrySet()) {
            var name = at + "." + member.getKey();
            if (properties.get(member.getKey()) instanceof Map<?, ?> property) {
                check(name, property, member.getValue(), found);
            } else if (schema.get("additionalProperties") instanceof Map<?, ?> more) {
                check(name, more, member.getValue(), found);
            } else if (!Boolean.TRUE.equals(schema.get("additionalProperties"))) {
                found.add(name + ": no such field");
            }
        }
        if (schema.get("required") instanceof List<?> required) {
            for (var name : required) {
                if (!object.containsKey(name)) {
                    found.add(at + "." + name + ": missing");
                }
            }
        }
    }

    /// YAML takes an unquoted `Off` for false.
    private static String spelt(Object word) {
        return word instanceof Boolean flag ? (flag ? "On" : "Off") : String.valueOf(word);
    }

    private Map<?, ?> resolved(Map<?, ?> schema) {
        var here = schema;
        while (here.get("$ref") instanceof String reference) {
            var at = root;
            for (var step : reference.substring("#/".length()).split("/", -1)) {
                at = map(at.get(step));
            }
            here = at;
        }
        return here;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
