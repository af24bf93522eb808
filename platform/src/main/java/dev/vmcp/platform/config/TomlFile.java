package dev.vmcp.platform.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/// The file's share of a configuration, its tables flattened to dotted keys.
record TomlFile(Map<String, String> values, List<Fault> faults) {
    private static final long LARGEST = 1 << 20;

    static TomlFile none() {
        return new TomlFile(Map.of(), List.of());
    }

    static TomlFile read(List<Setting<?>> settings, Path path) {
        var source = path.toString();
        try {
            if (Files.size(path) > LARGEST) {
                return faulty(new Fault(source, "", "too large", "at most 1 MiB"));
            }
            return new Reader(source, settings).read(Files.readString(path));
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            var where = at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr();
            return faulty(new Fault(source, where, e.getOriginalMessage(), "TOML"));
        } catch (IOException e) {
            return faulty(new Fault(source, "", e.toString(), "a readable file"));
        }
    }

    private static TomlFile faulty(Fault fault) {
        return new TomlFile(Map.of(), List.of(fault));
    }

    private static final class Reader {
        private final String source;
        private final Map<String, Setting<?>> known;
        private final Map<String, String> values = new HashMap<>();
        private final List<Fault> faults = new ArrayList<>();

        Reader(String source, List<Setting<?>> settings) {
            this.source = source;
            this.known =
                    settings.stream()
                            .filter(Setting::inFile)
                            .collect(Collectors.toMap(Setting::key, setting -> setting));
        }

        TomlFile read(String text) throws JsonProcessingException {
            walk("", new TomlMapper().readTree(text));
            return new TomlFile(Map.copyOf(values), List.copyOf(faults));
        }

        private void walk(String prefix, JsonNode table) {
            table.properties()
                    .forEach(entry -> {
                        var key = prefix + entry.getKey();
                        if (entry.getValue().isObject() && !known.containsKey(key)) {
                            walk(key + ".", entry.getValue());
                        } else {
                            take(key, entry.getValue());
                        }
                    });
        }

        private void take(String key, JsonNode value) {
            var setting = known.get(key);
            if (setting == null) {
                var expected = Suggestion.expected("a known key", key, known.keySet());
                faults.add(new Fault(source, key, "unknown", expected));
                return;
            }
            text(value)
                    .ifPresentOrElse(
                            text -> values.put(key, text),
                            () ->
                                    faults.add(
                                            new Fault(
                                                    source,
                                                    key,
                                                    setting.shown(value.toString()),
                                                    setting.kind().expected())));
        }

        /// A list of strings is the same as the strings with `:` between them.
        private static Optional<String> text(JsonNode value) {
            if (value.isArray()) {
                return StreamSupport.stream(value.spliterator(), false)
                                .allMatch(JsonNode::isTextual)
                        ? Optional.of(
                                StreamSupport.stream(value.spliterator(), false)
                                        .map(JsonNode::textValue)
                                        .collect(Collectors.joining(Kinds.SEPARATOR)))
                        : Optional.empty();
            }
            return value.isObject() ? Optional.empty() : Optional.of(value.asText());
        }
    }
}
