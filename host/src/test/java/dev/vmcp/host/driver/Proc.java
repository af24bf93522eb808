package dev.vmcp.host.driver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vmcp.core.vm.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the kernel says of a process.
final class Proc {

    private final Path directory;

    Proc(ProcessId process) {
        this.directory = Path.of("/proc/" + process.pid());
    }

    static Proc self() {
        return new Proc(new ProcessId(ProcessHandle.current().pid(), 0, ""));
    }

    /// The names of its variables.
    Set<String> variables() throws IOException {
        var all = Files.readString(directory.resolve("environ"), ISO_8859_1);
        return Stream.of(all.split("\0", -1))
                .filter(variable -> !variable.isEmpty())
                .map(variable -> variable.substring(0, variable.indexOf('=')))
                .collect(Collectors.toUnmodifiableSet());
    }

    String status() throws IOException {
        return Files.readString(directory.resolve("status"));
    }

    long session() throws IOException {
        var stat = Files.readString(directory.resolve("stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
    }

    /// What its descriptors stand for, as the kernel names it.
    List<String> descriptors() throws IOException {
        var targets = new ArrayList<String>();
        for (var link : links()) {
            try {
                targets.add(Files.readSymbolicLink(link).toString());
            } catch (NoSuchFileException _) {
                // Closed meanwhile.
            }
        }
        return targets;
    }

    /// Whether it has the file open, under whatever name.
    boolean holds(Path file) throws IOException {
        var wanted = identity(file);
        for (var link : links()) {
            try {
                if (identity(link).equals(wanted)) {
                    return true;
                }
            } catch (IOException _) {
                // Closed meanwhile, or nothing that has an identity.
            }
        }
        return false;
    }

    /// Those of `files` that it has open.
    List<Path> held(List<Path> files) throws IOException {
        var held = new ArrayList<Path>();
        for (var file : files) {
            if (holds(file)) {
                held.add(file);
            }
        }
        return held;
    }

    /// What stands in the status of each of its threads.
    List<String> threads() throws IOException {
        var all = new ArrayList<String>();
        try (var tasks = Files.list(directory.resolve("task"))) {
            for (var task : tasks.toList()) {
                try {
                    all.add(Files.readString(task.resolve("status")));
                } catch (NoSuchFileException _) {
                    // Ended meanwhile.
                }
            }
        }
        return all;
    }

    /// The root directory that it sees.
    String root() throws IOException {
        return Files.readSymbolicLink(directory.resolve("root")).toString();
    }

    private List<Path> links() throws IOException {
        try (var all = Files.list(directory.resolve("fd"))) {
            return all.toList();
        }
    }

    private static Object identity(Path file) throws IOException {
        return List.of(
                Objects.requireNonNull(Files.getAttribute(file, "unix:dev")),
                Objects.requireNonNull(Files.getAttribute(file, "unix:ino")));
    }
}
