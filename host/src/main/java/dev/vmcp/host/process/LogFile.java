package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// A file that a process appends its output to, kept from filling the disk.
///
/// The process holds no pipe, so nothing that becomes of us can block or end it. Instead the disk
/// space of all but the last part of the file is given back under it: the file keeps its length,
/// what was given back reads as zeros, and no byte that is written meanwhile is lost.
public final class LogFile {

    private static final MethodHandle FALLOCATE =
            Libc.bind(
                    "fallocate",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle TRUNCATE =
            Libc.bind("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));

    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;
    private static final long BLOCK = 4096;

    private LogFile() {}

    /// Gives back what lies before the last `keep` bytes of a file of more than `most`; does
    /// nothing for other files, and for what is no regular file. Where the file system cannot make
    /// holes the file is emptied.
    ///
    /// @throws ProcessException when the file cannot be changed
    public static void cap(Path file, long most, long keep) {
        long size = size(file);
        if (size <= most) {
            return;
        }
        var flags = OpenFlags.WRITE_ONLY | OpenFlags.NO_FOLLOW | OpenFlags.NON_BLOCKING;
        int descriptor = Descriptors.open(file, flags);
        try {
            if (FileStatus.of(descriptor).kind() == FileStatus.Kind.REGULAR) {
                release(descriptor, (size - keep) / BLOCK * BLOCK, file);
            }
        } finally {
            Descriptors.close(descriptor);
        }
    }

    private static void release(int descriptor, long before, Path file) {
        var how = PUNCH_HOLE | KEEP_SIZE;
        var punched =
                Libc.call((_, errno) ->
                        (int) FALLOCATE.invokeExact(errno, descriptor, how, 0L, before));
        if (punched < 0) {
            var emptied =
                    Libc.call((_, errno) -> (int) TRUNCATE.invokeExact(errno, descriptor, 0L));
            Libc.check(emptied, "empty " + file);
        }
    }

    private static long size(Path file) {
        try {
            var facts =
                    Files.readAttributes(
                            file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return facts.isRegularFile() ? facts.size() : 0;
        } catch (IOException _) {
            return 0;
        }
    }
}
