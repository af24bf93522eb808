package dev.vmcp.host.access;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.vmcp.core.access.Scope;
import dev.vmcp.core.access.Token;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A file of tokens, one JSON object a line, for its owner only. A change replaces it as a whole,
/// so that a crash leaves the old one or the new one.
final class TokenFile {

    private static final JsonFactory JSON = new JsonFactory();

    private final Path path;

    TokenFile(Path path) {
        this.path = path;
    }

    List<Tokens.Kept> read() {
        if (!Files.exists(path)) {
            return List.of();
        }
        try {
            var kept = new ArrayList<Tokens.Kept>();
            for (var line : Files.readAllLines(path)) {
                kept.add(parse(line));
            }
            return List.copyOf(kept);
        } catch (IOException e) {
            throw new UncheckedIOException("tokens " + path + ": " + e.getMessage(), e);
        }
    }

    void write(List<Tokens.Kept> tokens) {
        var next = path.resolveSibling(path.getFileName() + ".new");
        try {
            var text = new StringWriter();
            for (var one : tokens) {
                print(one, text);
            }
            Files.deleteIfExists(next);
            store(next, text.toString());
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
            try (var directory = FileChannel.open(path.toAbsolutePath().getParent())) {
                directory.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("tokens " + path + ": " + e.getMessage(), e);
        }
    }

    private static void store(Path file, String text) throws IOException {
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var channel = FileChannel.open(file, options, owner)) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void print(Tokens.Kept kept, StringWriter to) throws IOException {
        var token = kept.token();
        try (var json = JSON.createGenerator(to)) {
            json.writeStartObject();
            json.writeStringField("id", token.id());
            json.writeStringField("name", token.name());
            json.writeStringField("scope", token.scope().word());
            json.writeStringField("created", token.created().toString());
            if (token.expires().isPresent()) {
                json.writeStringField("expires", token.expires().get().toString());
            }
            json.writeStringField("sha256", kept.hash());
            json.writeEndObject();
        }
        to.write('\n');
    }

    private static Tokens.Kept parse(String line) throws IOException {
        var fields = fields(line);
        var scope = Scope.named(field(fields, "scope"));
        if (scope.isEmpty()) {
            throw new IOException(
                    "scope: " + fields.get("scope") + " (expected: " + Scope.EXPECTED + ")");
        }
        var token =
                new Token(
                        field(fields, "id"),
                        field(fields, "name"),
                        scope.get(),
                        Instant.parse(field(fields, "created")),
                        Optional.ofNullable(fields.get("expires")).map(Instant::parse));
        return new Tokens.Kept(token, field(fields, "sha256"));
    }

    private static Map<String, String> fields(String line) throws IOException {
        var fields = new HashMap<String, String>();
        try (var json = JSON.createParser(line)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                json.nextToken();
                fields.put(name, json.getText());
            }
        }
        return fields;
    }

    private static String field(Map<String, String> fields, String name) throws IOException {
        var value = fields.get(name);
        if (value == null) {
            throw new IOException(name + ": missing in a line (expected: in every line)");
        }
        return value;
    }
}
