package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/// The installed QEMU. Its version is asked for once for each path and modification time.
final class QemuProgram {

    /// What was found.
    sealed interface Found {

        record Installed(Path path, String version) implements Found {}

        record Missing(String why) implements Found {}
    }

    static final String VARIABLE = "VMCP_QEMU";
    private static final String NAME = "qemu-system-x86_64";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern VERSION = Pattern.compile("version (\\d+(\\.\\d+)+)");

    private record Asked(Path path, FileTime modified, Found found) {}

    private final Processes processes;
    private final Map<String, String> environment;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile Optional<Asked> asked = Optional.empty();

    QemuProgram(Processes processes, Map<String, String> environment) {
        this.processes = processes;
        this.environment = environment;
    }

    Found find() {
        var wish = environment.getOrDefault(VARIABLE, "");
        var path = SearchPath.find(wish.isEmpty() ? NAME : wish, environment);
        if (path.isEmpty()) {
            return new Found.Missing(
                    wish.isEmpty()
                            ? NAME
                                    + " is not on PATH (cure: install qemu-system-x86, or name the"
                                    + " program in "
                                    + VARIABLE
                                    + ")"
                            : VARIABLE + " names " + wish + ", which is no program");
        }
        try {
            return ofFile(path.get());
        } catch (IOException | ProcessException e) {
            return new Found.Missing(path.get() + " does not run: " + e.getMessage());
        }
    }

    private Found ofFile(Path path) throws IOException {
        var modified = Files.getLastModifiedTime(path);
        var known = known(path, modified);
        if (known.isPresent()) {
            return known.get();
        }
        // Many VMs are adopted at once: one of them asks for all.
        asking.lock();
        try {
            var meanwhile = known(path, modified);
            if (meanwhile.isPresent()) {
                return meanwhile.get();
            }
            var found = ask(path);
            asked = Optional.of(new Asked(path, modified, found));
            return found;
        } finally {
            asking.unlock();
        }
    }

    private Optional<Found> known(Path path, FileTime modified) {
        return asked.filter(before -> before.path.equals(path) && before.modified.equals(modified))
                .map(Asked::found);
    }

    private Found ask(Path path) throws IOException {
        var output = Files.createTempFile("vmcp-qemu", ".version");
        try {
            var command = List.of(path.toString(), "--version");
            var process =
                    processes.spawn(new Spawn(command, Map.of(), Path.of("/"), output, List.of()));
            try (process) {
                if (process.await(Deadline.in(PATIENCE)).isEmpty()) {
                    process.kill();
                    return new Found.Missing(path + " --version did not end");
                }
            }
            var said = Files.readString(output);
            var version = VERSION.matcher(said);
            return version.find()
                    ? new Found.Installed(path, version.group(1))
                    : new Found.Missing(path + " --version named no version");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Found.Missing(path + " --version was interrupted");
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
