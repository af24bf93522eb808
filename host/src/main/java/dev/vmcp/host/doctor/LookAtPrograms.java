package dev.vmcp.host.doctor;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.MemoryFile;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The other hypervisors' programs, found on `PATH` and asked for their version.
public record LookAtPrograms(Processes processes, Map<String, String> environment) implements Look {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final List<String> NAMES = List.of("firecracker", "cloud-hypervisor", "mvisor");

    @Override
    public List<Finding> findings() {
        var found = new ArrayList<Finding>();
        for (var name : NAMES) {
            found.add(
                    program(name)
                            .map(path -> Finding.good(name, path + " " + version(path)))
                            .orElseGet(() ->
                                    Finding.limited(
                                            name,
                                            "not on PATH",
                                            "install it where VMs shall run on it; QEMU does"
                                                    + " without")));
        }
        return found;
    }

    private Optional<Path> program(String name) {
        var path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        return Stream.of(path.split(":", -1))
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /// The first line that it prints.
    private String version(Path program) {
        try (var output = MemoryFile.make()) {
            var command = List.of(program.toString(), "--version");
            var spawn = new Spawn(command, Map.of(), Path.of("/"), output.path(), List.of());
            try (var process = processes.spawn(spawn)) {
                if (process.await(Deadline.in(PATIENCE)).isEmpty()) {
                    process.kill();
                    return "(did not tell its version in time)";
                }
            }
            return output.text().lines().findFirst().orElse("").strip();
        } catch (IOException | ProcessException e) {
            return "(does not run: " + e.getMessage() + ")";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "(interrupted)";
        }
    }
}
