package dev.vmcp.host.standin;

import dev.vmcp.host.vmm.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/// What a stand-in was asked, kept in a file of its working directory for the test to judge.
public final class Requests {

    private static final String FILE = "stand-in.requests";

    /// One request.
    ///
    /// @param body empty where there was none
    public record Request(String method, String path, String body) {}

    private Requests() {}

    static void note(Request request) throws IOException {
        var line =
                Json.write(
                                Map.of(
                                        "method", request.method(),
                                        "path", request.path(),
                                        "body", request.body()))
                        + "\n";
        Files.writeString(
                Path.of(FILE), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// Everything that the stand-in of a launch was asked so far.
    public static List<Request> of(Path launchDirectory) throws IOException {
        var file = launchDirectory.resolve(FILE);
        return Files.exists(file)
                ? Files.readAllLines(file).stream().map(Requests::parse).toList()
                : List.of();
    }

    private static Request parse(String line) {
        try {
            var bytes = line.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            var fields = Json.read(bytes, 0, bytes.length);
            return new Request(text(fields, "method"), text(fields, "path"), text(fields, "body"));
        } catch (IOException e) {
            throw new IllegalStateException("line: " + line + " (expected: a request)", e);
        }
    }

    private static String text(Map<String, Object> fields, String name) {
        return (String) fields.getOrDefault(name, "");
    }
}
