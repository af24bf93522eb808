package dev.vmcp.host.console;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Errno;
import dev.vmcp.host.process.FileStatus;
import dev.vmcp.host.process.OpenFlags;
import dev.vmcp.host.process.ProcessException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file of the user's choice that gets a console's output as well. Never a symlink, never a FIFO
/// or device; begun anew at a size, the one before kept as `<name>.1`. What cannot be written is
/// left out. One thread at a time.
final class CopyFile {

    private static final Logger LOG = LoggerFactory.getLogger(CopyFile.class);
    private static final int FLAGS =
            OpenFlags.WRITE_ONLY
                    | OpenFlags.CREATE
                    | OpenFlags.APPEND
                    | OpenFlags.NO_FOLLOW
                    | OpenFlags.NON_BLOCKING;
    private static final int MODE = 0640;

    private final Path path;
    private final long limit;
    private boolean failed;

    CopyFile(Path path, long limit) {
        this.path = path;
        this.limit = limit;
    }

    void append(MemorySegment data) {
        try {
            var descriptor = open(data.byteSize());
            try {
                write(descriptor, data);
            } finally {
                Descriptors.close(descriptor);
            }
        } catch (ProcessException | IOException e) {
            if (!failed) {
                failed = true;
                LOG.atWarn()
                        .addKeyValue("event", "console-copy-failed")
                        .addKeyValue("file", path)
                        .addKeyValue("error", e.toString())
                        .log("console output cannot be copied to a file");
            }
        }
    }

    private int open(long bytes) throws IOException {
        var descriptor = openRegular();
        if (FileStatus.of(descriptor).size() + bytes <= limit) {
            return descriptor;
        }
        Descriptors.close(descriptor);
        Files.move(
                path,
                path.resolveSibling(path.getFileName() + ".1"),
                StandardCopyOption.ATOMIC_MOVE);
        return openRegular();
    }

    private int openRegular() throws IOException {
        var descriptor = Descriptors.open(path, FLAGS, MODE);
        if (FileStatus.of(descriptor).kind() != FileStatus.Kind.REGULAR) {
            Descriptors.close(descriptor);
            throw new IOException("not a regular file");
        }
        return descriptor;
    }

    private static void write(int descriptor, MemorySegment data) throws IOException {
        var done = 0L;
        while (done < data.byteSize()) {
            var taken = Descriptors.write(descriptor, data.asSlice(done));
            if (taken < 0 && taken != -Errno.EINTR) {
                throw new IOException(Errno.text((int) -taken));
            }
            done += Math.max(0, taken);
        }
    }
}
