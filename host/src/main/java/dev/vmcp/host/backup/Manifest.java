package dev.vmcp.host.backup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// What a backup says of itself.
///
/// @param taken when
/// @param release of vmcp that took it
/// @param schema of the journal in it
/// @param vms how many there are in it
/// @param checksums SHA-256 of each of its files, in hexadecimal
public record Manifest(
        Instant taken, String release, int schema, int vms, Map<String, String> checksums) {

    static final String NAME = "manifest.json";

    private static final int FORMAT = 1;
    private static final JsonFactory JSON = new JsonFactory();

    public Manifest {
        checksums = Map.copyOf(checksums);
    }

    byte[] bytes() throws IOException {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            json.writeStringField("taken", taken.toString());
            json.writeStringField("release", release);
            json.writeNumberField("schema", schema);
            json.writeNumberField("vms", vms);
            for (var file : new TreeMap<>(checksums).entrySet()) {
                json.writeStringField("sha256:" + file.getKey(), file.getValue());
            }
            json.writeEndObject();
        }
        return (text + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /// @throws IOException when the text is no manifest of a format that this release knows
    static Manifest parse(byte[] bytes) throws IOException {
        var fields = fields(bytes);
        var format = fields.getOrDefault("format", "none");
        if (!format.equals(Integer.toString(FORMAT))) {
            throw new IOException("its format is " + format + " (expected: " + FORMAT + ")");
        }
        var checksums = new HashMap<String, String>();
        fields.forEach((name, value) -> {
            if (name.startsWith("sha256:")) {
                checksums.put(name.substring("sha256:".length()), value);
            }
        });
        try {
            return new Manifest(
                    Instant.parse(fields.getOrDefault("taken", "")),
                    fields.getOrDefault("release", ""),
                    Integer.parseInt(fields.getOrDefault("schema", "")),
                    Integer.parseInt(fields.getOrDefault("vms", "")),
                    checksums);
        } catch (DateTimeException | NumberFormatException e) {
            throw new IOException("its manifest is not whole: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> fields(byte[] bytes) throws IOException {
        var fields = new HashMap<String, String>();
        try (var json = JSON.createParser(bytes)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                json.nextToken();
                fields.put(name, json.getText());
            }
        }
        return fields;
    }
}
