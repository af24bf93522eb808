package dev.vmcp.verify.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A VMM that a test starts as some other program would, for a host to find at its socket.
final class ForeignVmm implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(10);

    private final Process process;
    private final Path socket;

    private ForeignVmm(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    static Optional<ForeignVmm> cloudHypervisor(Path directory) {
        var socket = directory.resolve("ch.sock");
        return start(
                directory, socket, List.of("cloud-hypervisor", "--api-socket", "path=" + socket));
    }

    static Optional<ForeignVmm> firecracker(Path directory) {
        var socket = directory.resolve("fc.sock");
        return start(directory, socket, List.of("firecracker", "--api-sock", socket.toString()));
    }

    private static Optional<ForeignVmm> start(Path directory, Path socket, List<String> command) {
        var program = Command.find(command.getFirst());
        if (program.isEmpty()) {
            return Optional.empty();
        }
        try {
            Files.deleteIfExists(socket);
            var process =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(
                                            directory.resolve("vmm.log").toFile()))
                            .start();
            Await.until(command.getFirst() + " listens", START, () -> Files.exists(socket));
            return Optional.of(new ForeignVmm(process, socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String endpoint() {
        return "unix://" + socket;
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /// Asks or tells the VMM something behind the back of the host.
    String call(String method, String path, String body) {
        return Command.run(
                        "curl",
                        "-sS",
                        "--unix-socket",
                        socket.toString(),
                        "-X",
                        method,
                        "http://localhost" + path,
                        "-H",
                        "Content-Type: application/json",
                        "-d",
                        body)
                .good();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("vmm " + pid() + " does not end");
            }
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
