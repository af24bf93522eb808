package dev.vmcp.host.disk;

import dev.vmcp.host.disk.FileFacts.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A file that console output is appended to: it need not exist, but nobody may lead our writes
/// elsewhere by a link.
record OutputPath(Path path, AllowedRoots roots) {

    /// @param users the fields of the spec that name other files
    Optional<String> objection(Map<FileId, String> users) {
        var parent = path.getParent();
        var name = path.getFileName();
        if (parent == null || name == null || name.toString().equals("..")) {
            return Optional.of("the path of a file");
        }
        var walk = PathWalk.along(parent);
        return directory(walk)
                .or(() -> {
                    var file = walk.real().resolve(name);
                    return PathWalk.name(file)
                            .map(facts -> existing(facts, file, users))
                            .orElse(Optional.empty());
                });
    }

    private Optional<String> directory(PathWalk walk) {
        if (!roots.hold(walk.real())) {
            return Optional.of(
                    "a file whose directory lies, links resolved, in one of " + roots.words());
        }
        if (walk.facts().filter(facts -> facts.kind() == Kind.DIRECTORY).isEmpty()) {
            return Optional.of("a file in an existing directory: " + path.getParent() + " is none");
        }
        return Files.isWritable(walk.real())
                ? Optional.empty()
                : Optional.of("a file in a directory that this service may write");
    }

    private static Optional<String> existing(
            FileFacts facts, Path file, Map<FileId, String> users) {
        if (facts.kind() != Kind.REGULAR) {
            return Optional.of("a regular file, or none: it is " + facts.kind().words());
        }
        if (facts.links() > 1) {
            return Optional.of("a file of one name: it has " + facts.links() + " hard links");
        }
        if (!Files.isWritable(file)) {
            return Optional.of("a file that this service may write");
        }
        return Optional.ofNullable(users.get(facts.id()))
                .map(user -> "another file than that of " + user);
    }
}
