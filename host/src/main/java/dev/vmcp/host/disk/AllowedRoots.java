package dev.vmcp.host.disk;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The directories that paths of callers may lie in, after resolving symbolic links.
///
/// @param directories absolute; a directory that does not exist holds nothing
public record AllowedRoots(List<Path> directories) {

    /// What holds when the operator says nothing.
    public static final AllowedRoots PUBLISHED =
            of(
                    "/opt",
                    "/srv",
                    "/home",
                    "/mnt",
                    "/tmp",
                    "/var/lib",
                    "/var/tmp",
                    "/boot",
                    "/nix/store");

    public AllowedRoots {
        directories = directories.stream().map(Path::normalize).toList();
    }

    static AllowedRoots of(String... directories) {
        return new AllowedRoots(List.of(directories).stream().map(Path::of).toList());
    }

    /// Reads a list separated by colons, as in `VMCP_ALLOWED_PATHS`; `setting` is its name, for
    /// messages.
    public static Outcome<AllowedRoots> parse(String setting, String text) {
        var directories = new ArrayList<Path>();
        for (var part : text.split(":", -1)) {
            if (!part.startsWith("/")) {
                return refused(setting, part);
            }
            try {
                directories.add(Path.of(part));
            } catch (InvalidPathException _) {
                return refused(setting, part);
            }
        }
        return Outcome.done(new AllowedRoots(directories));
    }

    private static Outcome<AllowedRoots> refused(String setting, String part) {
        return Outcome.refused(
                new Problem.InvalidInput(
                        List.of(
                                Violation.of(
                                        setting, part, "absolute directories separated by :"))));
    }

    AllowedRoots and(String directory) {
        var more = new ArrayList<>(directories);
        more.add(Path.of(directory));
        return new AllowedRoots(more);
    }

    /// Whether `real`, which has no symbolic links, lies in one of them.
    boolean hold(Path real) {
        return directories.stream()
                .anyMatch(root -> real.startsWith(root) || real.startsWith(real(root)));
    }

    /// For messages: `/opt, /srv and so on`.
    String words() {
        return directories.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    private static Path real(Path root) {
        try {
            return root.toRealPath();
        } catch (IOException _) {
            return root;
        }
    }
}
