package dev.vmcp.platform.sqlite;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Puts another database file in the place of one, in a directory that this process holds.
///
/// A crash at any instant leaves the old file, the new one, or a replacement that is to be made
/// again: until it is, the database cannot be opened.
public final class Replacement {
    private static final String NEW = ".restoring";
    private static final String OLD = ".replaced";

    private Replacement() {}

    /// Replaces `<name>.db` by a copy of `from`; the old one is kept as `<name>.db.replaced`.
    ///
    /// @throws StoreException when a file cannot be written
    public static void make(DataDirectory directory, String name, Path from) {
        var path = directory.path().resolve(name + ".db");
        try {
            var part = path.resolveSibling(path.getFileName() + NEW + ".part");
            Files.deleteIfExists(part);
            Files.createFile(
                    part,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.copy(from, part, REPLACE_EXISTING);
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-------"));
            sync(part, StandardOpenOption.WRITE);
            var fresh = sibling(path, NEW);
            Files.move(part, fresh, ATOMIC_MOVE);
            sync(directory.path(), StandardOpenOption.READ);
            for (var suffix : List.of("-wal", "-shm", "")) {
                var old = sibling(path, suffix);
                if (Files.exists(old)) {
                    Files.move(old, sibling(path, OLD + suffix), ATOMIC_MOVE);
                } else {
                    Files.deleteIfExists(sibling(path, OLD + suffix));
                }
            }
            Files.move(fresh, path, ATOMIC_MOVE);
            sync(directory.path(), StandardOpenOption.READ);
        } catch (IOException e) {
            throw new StoreException("replace " + path + ": " + e, e, false);
        }
    }

    /// @throws StoreException when a replacement of this file was begun and not finished
    static void refuseUnfinished(Path path) {
        if (Files.exists(sibling(path, NEW))) {
            throw new StoreException(
                    "a restore of " + path + " was begun and not finished: run it again", false);
        }
    }

    private static Path sibling(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    private static void sync(Path path, StandardOpenOption how) throws IOException {
        try (var channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }
}
