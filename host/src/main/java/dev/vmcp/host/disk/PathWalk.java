package dev.vmcp.host.disk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;

/// Resolves a path link by link, as the kernel does, but says where it was going when something on
/// the way is missing. So a dangling link out of the allowed roots looks like any other way out.
///
/// @param real the path without links; its tail may not exist
/// @param facts of what is there; empty when nothing is, or it may not be looked at
/// @param denied whether we may not look
record PathWalk(Path real, Optional<FileFacts> facts, boolean denied) {

    /// As many links as Linux follows.
    private static final int MOST_LINKS = 40;

    /// Follows `path`, which is absolute.
    static PathWalk along(Path path) {
        var ahead = new ArrayDeque<Path>();
        path.forEach(ahead::add);
        var here = Path.of("/");
        var links = 0;
        while (!ahead.isEmpty()) {
            var next = step(here, ahead.removeFirst());
            var seen = look(next);
            if (seen.facts().isEmpty()) {
                return new PathWalk(with(next, ahead), Optional.empty(), seen.denied());
            }
            if (seen.facts().get().kind() != FileFacts.Kind.LINK) {
                here = next;
                continue;
            }
            var target = target(next);
            if (target.isEmpty() || ++links > MOST_LINKS) {
                return new PathWalk(with(next, ahead), Optional.empty(), false);
            }
            here = target.get().isAbsolute() ? Path.of("/") : here;
            prepend(target.get(), ahead);
        }
        return look(here);
    }

    /// What stands under `name` itself, no link followed.
    static Optional<FileFacts> name(Path name) {
        return look(name).facts();
    }

    private static Path step(Path here, Path name) {
        return switch (name.toString()) {
            case "." -> here;
            case ".." -> here.getNameCount() < 2 ? Path.of("/") : here.resolve("..").normalize();
            default -> here.resolve(name);
        };
    }

    private static PathWalk look(Path name) {
        try {
            return new PathWalk(name, Optional.of(FileFacts.ofName(name)), false);
        } catch (AccessDeniedException _) {
            return new PathWalk(name, Optional.empty(), true);
        } catch (IOException _) {
            return new PathWalk(name, Optional.empty(), false);
        }
    }

    private static Optional<Path> target(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static void prepend(Path target, ArrayDeque<Path> ahead) {
        for (var i = target.getNameCount() - 1; i >= 0; i--) {
            ahead.addFirst(target.getName(i));
        }
    }

    private static Path with(Path here, ArrayDeque<Path> ahead) {
        var all = here;
        for (var name : ahead) {
            all = all.resolve(name);
        }
        return all.normalize();
    }
}
