package dev.vmcp.host.vmm;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Errno;
import dev.vmcp.host.process.OpenFlags;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Which bytes of a file with holes were written. They are listed in a file beside it, since holes
/// get lost when files are copied: pairs of eight-byte numbers, offset and length of each run.
public final class Extents {

    private static final int PAGE = 4096;
    private static final long PROBED = 4L << 20;
    private static final long LONGEST_STEP = 8L << 20;

    private Extents() {}

    /// @throws IOException when files in `directory` have no holes between pages that were written,
    ///   or lose pages of zeros
    public static void require(Path directory) throws IOException {
        var probe = directory.resolve("holes");
        try {
            try (var file =
                    FileChannel.open(
                            probe, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (var at : new long[] {PROBED / 2 + PAGE, PROBED - PAGE}) {
                    file.write(ByteBuffer.allocate(PAGE), at);
                }
                file.force(true);
            }
            var opened = Descriptors.open(probe, OpenFlags.READ_ONLY);
            try {
                var data = Descriptors.nextData(opened, 0);
                if (data != PROBED / 2 + PAGE
                        || Descriptors.nextHole(opened, data) != data + PAGE) {
                    throw new IOException(
                            "the file system of the data directory does not tell pages that were"
                                    + " written from others");
                }
            } finally {
                Descriptors.close(opened);
            }
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /// Lists those of `file` in `list`, which is made, and lasts.
    public static void list(Path file, Path list) throws IOException {
        int opened = Descriptors.open(file, OpenFlags.READ_ONLY | OpenFlags.NO_FOLLOW);
        try (var channel =
                        FileChannel.open(
                                list, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                var bytes = new BufferedOutputStream(Channels.newOutputStream(channel));
                var out = new DataOutputStream(bytes)) {
            for (var data = next(opened, 0); data >= 0; ) {
                var hole = Descriptors.nextHole(opened, data);
                if (hole <= data) {
                    throw new IOException("a hole at " + hole + " after data at " + data);
                }
                out.writeLong(data);
                out.writeLong(hole - data);
                data = next(opened, hole);
            }
            out.flush();
        } finally {
            Descriptors.close(opened);
        }
    }

    /// Negative where there is no more.
    private static long next(int opened, long from) throws IOException {
        var data = Descriptors.nextData(opened, from);
        if (data < 0 && data != -Errno.ENXIO) {
            throw new IOException("look for data: " + Errno.text((int) -data));
        }
        return data;
    }

    /// Writes the bytes that `list` names from `file` over those of `onto`, which is as long.
    ///
    /// @throws IOException also when `list` does not fit
    public static void lay(Path file, Path list, Path onto) throws IOException {
        try (var from = FileChannel.open(file, StandardOpenOption.READ);
                var to = FileChannel.open(onto, StandardOpenOption.WRITE);
                var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(list)))) {
            if (from.size() != to.size()) {
                throw new IOException(
                        "a diff of " + from.size() + " bytes on " + to.size() + " bytes");
            }
            while (true) {
                long offset;
                try {
                    offset = in.readLong();
                } catch (EOFException end) {
                    return;
                }
                var length = in.readLong();
                if (offset < 0 || length <= 0 || length > from.size() - offset) {
                    throw new IOException("a run of " + length + " bytes at " + offset);
                }
                copy(from, offset, length, to);
            }
        }
    }

    /// Makes `copy`, a file with the same bytes.
    public static void whole(Path file, Path copy) throws IOException {
        try (var from = FileChannel.open(file, StandardOpenOption.READ);
                var to =
                        FileChannel.open(
                                copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            copy(from, 0, from.size(), to);
        }
    }

    /// In steps, between which an interrupt is heard.
    private static void copy(FileChannel from, long offset, long length, FileChannel to)
            throws IOException {
        var end = offset + length;
        to.position(offset);
        for (var at = offset; at < end; ) {
            var copied = from.transferTo(at, Math.min(LONGEST_STEP, end - at), to);
            if (copied <= 0) {
                throw new IOException("nothing more to read at " + at);
            }
            at += copied;
        }
    }
}
