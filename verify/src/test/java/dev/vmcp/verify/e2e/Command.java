package dev.vmcp.verify.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Runs a program to its end.
final class Command {

    private static final long LIMIT_SECONDS = 180;

    /// @param output what it printed on both streams
    record Result(int status, String output) {
        String good() {
            if (status != 0) {
                throw new AssertionError("status " + status + ": " + output);
            }
            return output;
        }
    }

    private Command() {}

    static Result run(String... command) {
        return run(Path.of("."), Map.of(), List.of(command));
    }

    static Result run(Path directory, Map<String, String> environment, List<String> command) {
        try {
            var output = Files.createTempFile("vmcp-command", ".out");
            try {
                var builder =
                        new ProcessBuilder(command)
                                .directory(directory.toFile())
                                .redirectErrorStream(true)
                                .redirectInput(Path.of("/dev/null").toFile())
                                .redirectOutput(output.toFile());
                builder.environment().putAll(environment);
                return ended(builder.start(), output);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
    }

    private static Result ended(Process process, Path output) throws IOException {
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("does not end: " + process.info().commandLine());
            }
            var text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            return new Result(process.exitValue(), text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /// The program of that name on the search path, or where Go puts its own.
    static Optional<String> find(String name) {
        var path = System.getenv().getOrDefault("PATH", "");
        var go = System.getProperty("user.home") + "/go/bin";
        return Stream.concat(Stream.of(path.split(":", -1)), Stream.of(go))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
