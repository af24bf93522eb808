package dev.vmcp.host.vmm;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.FileStatus;
import dev.vmcp.host.process.OpenFlags;
import dev.vmcp.host.process.ProcessException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Reads the beginning of a file of a user, who may put something else in its place at any time:
/// never waits, and reads only regular files and block devices.
public final class FileHead {

    private FileHead() {}

    /// A buffer of `length` bytes, filled up to its position with what the file has of them.
    public static ByteBuffer read(Path file, int length) throws IOException {
        try {
            var descriptor = Descriptors.open(file, OpenFlags.READ_ONLY | OpenFlags.NON_BLOCKING);
            try {
                return read(file, descriptor, length);
            } finally {
                Descriptors.close(descriptor);
            }
        } catch (ProcessException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// As [#read(Path, int)], of a file that was judged and opened by somebody else.
    static ByteBuffer read(UsersFile file, int length) throws IOException {
        return read(file.path(), file.descriptor(), length);
    }

    /// The last bytes of a regular file, `length` at most; never through a symlink.
    public static byte[] readEnd(Path file, int length) throws IOException {
        try {
            var descriptor =
                    Descriptors.open(
                            file,
                            OpenFlags.READ_ONLY | OpenFlags.NON_BLOCKING | OpenFlags.NO_FOLLOW);
            try {
                if (FileStatus.of(descriptor).kind() != FileStatus.Kind.REGULAR) {
                    throw new IOException(file + " is no file");
                }
                var open = Path.of("/proc/self/fd/" + descriptor);
                try (var channel = FileChannel.open(open, StandardOpenOption.READ)) {
                    var end = ByteBuffer.allocate(length);
                    channel.position(Math.max(0, channel.size() - length));
                    while (end.hasRemaining() && channel.read(end) >= 0) {}
                    return Arrays.copyOf(end.array(), end.position());
                }
            } finally {
                Descriptors.close(descriptor);
            }
        } catch (ProcessException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static ByteBuffer read(Path file, int descriptor, int length) throws IOException {
        var kind = FileStatus.of(descriptor).kind();
        if (kind != FileStatus.Kind.REGULAR && kind != FileStatus.Kind.BLOCK) {
            throw new IOException(file + " is neither a file nor a block device");
        }
        var head = ByteBuffer.allocate(length);
        try (var arena = Arena.ofConfined()) {
            while (head.hasRemaining()) {
                var piece = arena.allocate(head.remaining());
                long count = Descriptors.read(descriptor, piece);
                if (count < 0) {
                    throw new IOException("read " + file + ": errno " + -count);
                }
                if (count == 0) {
                    return head;
                }
                head.put(piece.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return head;
    }
}
