package dev.vmcp.verify.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The official suite of the Connect protocol, with everything that it can ask of a server. Needs
/// its program `connectconformance`, or a Go that builds it.
final class ConnectConformanceTest {
    private static final String SUITE = "connectrpc.com/conformance/cmd/connectconformance@v1.0.6";
    private static final int CASES = 3640;

    /// Has called most of what a server is made of.
    private static final String WARMING =
            "Basic/HTTPVersion:2/Protocol:PROTOCOL_CONNECT/Codec:CODEC_JSON/Compression:*/**";

    @TempDir Path dir;

    @Test
    void theOfficialSuitePassesInFull() throws Exception {
        var program = program();
        assumeTrue(program.isPresent(), "no connectconformance and no Go that builds it");

        // Not judged: the first calls in a JVM may take longer than the suite waits.
        var _ = suite(program.get(), List.of("--run", WARMING));
        var report = suite(program.get(), List.of());

        assertThat(report)
                .as("what the suite says")
                .doesNotContain("FAILED: ")
                .contains(CASES + " passed, 0 failed");
    }

    /// @param choice options that choose cases; none for all
    private String suite(Path program, List<String> choice) throws Exception {
        var command = new ArrayList<>(List.of(program.toString(), "--mode", "server", "--trace"));
        command.addAll(List.of("--conf", configuration().toString()));
        command.addAll(List.of("--max-servers", "1", "-p", "4"));
        command.addAll(choice);
        command.add("--");
        try (var servers = new ConformanceServers()) {
            command.addAll(servers.command());
            return run(command, dir.resolve("report.txt"), 15);
        }
    }

    private Path configuration() throws IOException {
        try (var in = ConformanceServer.class.getResourceAsStream("conformance.yaml")) {
            assertThat(in).isNotNull();
            return Files.write(dir.resolve("conformance.yaml"), in.readAllBytes());
        }
    }

    private Optional<Path> program() throws Exception {
        var found =
                Stream.concat(onPath(), goBinaries())
                        .map(bin -> bin.resolve("connectconformance"))
                        .filter(Files::isExecutable)
                        .findFirst();
        return found.isPresent() ? found : build();
    }

    private Optional<Path> build() throws Exception {
        var go = go();
        if (go.isEmpty()) {
            return Optional.empty();
        }
        var command = List.of("env", "GOBIN=" + dir, go.get().toString(), "install", SUITE);
        var _ = run(command, dir.resolve("install.txt"), 15);
        return Optional.of(dir.resolve("connectconformance")).filter(Files::isExecutable);
    }

    private Stream<Path> goBinaries() throws Exception {
        var places = new ArrayList<Path>();
        var bin = System.getenv("GOBIN");
        if (bin != null && !bin.isEmpty()) {
            places.add(Path.of(bin));
        }
        var go = go();
        if (go.isPresent()) {
            var command = List.of(go.get().toString(), "env", "GOPATH");
            places.add(Path.of(run(command, dir.resolve("gopath.txt"), 1).strip(), "bin"));
        }
        return places.stream();
    }

    private static Optional<Path> go() {
        return Stream.concat(onPath(), Stream.of(Path.of("/usr/local/go/bin")))
                .map(bin -> bin.resolve("go"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Stream<Path> onPath() {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of);
    }

    private static String run(List<String> command, Path output, int minutes)
            throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(minutes, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
