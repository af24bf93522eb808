package dev.vmcp.host.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/// What a stat says of a name. Nothing is opened, so no FIFO or device can hold the caller up.
///
/// @param links how many names the file has
record FileFacts(Kind kind, FileId id, int links) {

    enum Kind {
        REGULAR("a regular file"),
        DIRECTORY("a directory"),
        LINK("a symbolic link"),
        BLOCK_DEVICE("a block device"),
        CHARACTER_DEVICE("a character device"),
        PIPE("a pipe"),
        SOCKET("a socket"),
        OTHER("of an unknown type");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    static FileFacts ofName(Path name) throws IOException {
        return read(name, LinkOption.NOFOLLOW_LINKS);
    }

    /// Of what `name` leads to.
    static FileFacts ofTarget(Path name) throws IOException {
        return read(name);
    }

    private static FileFacts read(Path name, LinkOption... options) throws IOException {
        var all = Files.readAttributes(name, "unix:mode,dev,ino,rdev,nlink", options);
        var kind = kind(number(all, "mode"));
        var id =
                kind == Kind.BLOCK_DEVICE
                        ? FileId.device(number(all, "rdev"))
                        : FileId.file(number(all, "dev"), number(all, "ino"));
        return new FileFacts(kind, id, (int) number(all, "nlink"));
    }

    private static long number(Map<String, Object> attributes, String name) {
        if (attributes.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw new IllegalStateException(
                name + ": " + attributes.get(name) + " (expected: a number)");
    }

    /// The type bits of `st_mode`, see inode(7).
    private static Kind kind(long mode) {
        return switch ((int) (mode & 0170000)) {
            case 0100000 -> Kind.REGULAR;
            case 0040000 -> Kind.DIRECTORY;
            case 0120000 -> Kind.LINK;
            case 0060000 -> Kind.BLOCK_DEVICE;
            case 0020000 -> Kind.CHARACTER_DEVICE;
            case 0010000 -> Kind.PIPE;
            case 0140000 -> Kind.SOCKET;
            default -> Kind.OTHER;
        };
    }
}
