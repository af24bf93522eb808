package dev.vmcp.host.vmm;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
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

/// An installed VMM. Its version is asked for once for each path and modification time. Safe for
/// use by many threads.
public final class InstalledProgram {

    /// What was found.
    public sealed interface Found {

        record Installed(Path path, String version) implements Found {}

        record Missing(String why) implements Found {}

        /// Where it is.
        ///
        /// @throws DriverException HOST, saying why, where there is none
        default Path required() {
            return switch (this) {
                case Installed(var path, _) -> path;
                case Missing(var why) -> throw new DriverException(Kind.HOST, why);
            };
        }
    }

    /// How a VMM is looked for.
    ///
    /// @param name of the program on the search path
    /// @param variable of the environment that names another program
    /// @param cure what to do when there is none
    /// @param version finds the version, as group 1, in what `--version` prints
    public record Wanted(String name, String variable, String cure, Pattern version) {}

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Path NOWHERE = Path.of("/dev/null");

    /// Prints to the descriptor that the process is given.
    private static final String TELL = "exec \"$0\" --version >&3 2>&1 3>&-";

    private record Asked(Path path, FileTime modified, Found found) {}

    private final Wanted wanted;
    private final Processes processes;
    private final Map<String, String> environment;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile Optional<Asked> asked = Optional.empty();
    private volatile Optional<Path> place = Optional.empty();

    public InstalledProgram(Wanted wanted, Processes processes, Map<String, String> environment) {
        this.wanted = wanted;
        this.processes = processes;
        this.environment = environment;
    }

    /// What is there now, at the cost of three system calls.
    public Found find() {
        var wish = environment.getOrDefault(wanted.variable(), "");
        var path = place(wish.isEmpty() ? wanted.name() : wish);
        if (path.isEmpty()) {
            return new Found.Missing(
                    wish.isEmpty()
                            ? wanted.name()
                                    + " is not on PATH (cure: "
                                    + wanted.cure()
                                    + ", or name the program in "
                                    + wanted.variable()
                                    + ")"
                            : wanted.variable() + " names " + wish + ", which is no program");
        }
        try {
            return ofFile(path.get());
        } catch (IOException | ProcessException e) {
            return new Found.Missing(path.get() + " does not run: " + e.getMessage());
        }
    }

    /// Where it was before, for as long as it is a program: a search looks into each directory.
    private Optional<Path> place(String program) {
        if (place.filter(SearchPath::runs).isEmpty()) {
            place = SearchPath.find(program, environment);
        }
        return place;
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

    /// Its words go to a file in memory: one on disk would stay there if we were killed now.
    private Found ask(Path path) {
        var words = Descriptors.memory("version");
        try {
            var command = List.of("/bin/sh", "-c", TELL, path.toString());
            var spawn = new Spawn(command, Map.of(), Path.of("/"), NOWHERE, List.of(words));
            try (var process = processes.spawn(spawn)) {
                if (process.await(Deadline.in(PATIENCE)).isEmpty()) {
                    process.kill();
                    return new Found.Missing(path + " --version did not end");
                }
            }
            var version = wanted.version().matcher(read(words));
            return version.find()
                    ? new Found.Installed(path, version.group(1))
                    : new Found.Missing(path + " --version named no version");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Found.Missing(path + " --version was interrupted");
        } finally {
            Descriptors.close(words);
        }
    }

    private static String read(int words) {
        var file = Path.of("/proc/self/fd/" + words);
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ProcessException("read what it says: " + e.getMessage(), e);
        }
    }
}
