package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// File descriptors by number, for what the JDK's channels cannot hold: FIFOs, devices, descriptors
/// that a process inherits. Whoever opens one closes it, once.
public final class Descriptors {

    private static final MethodHandle OPEN =
            Libc.bindVariadic(
                    "open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE =
            Libc.bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle READ =
            Libc.bind("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            Libc.bind("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle FCNTL =
            Libc.bindVariadic(
                    "fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle LSEEK =
            Libc.bind("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle FCHOWN =
            Libc.bind("fchown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    private static final MethodHandle IOCTL =
            Libc.bindVariadic(
                    "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

    private static final MethodHandle MEMORY =
            Libc.bind("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int MFD_CLOEXEC = 1;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    private static final long FIONREAD = 0x541b;

    private Descriptors() {}

    /// Opens `path` with [OpenFlags], close-on-exec always; `mode` counts where a file is created.
    ///
    /// @throws ProcessException naming the path and why
    public static int open(Path path, int flags, int mode) {
        var all = flags | OpenFlags.CLOSE_ON_EXEC;
        var opened =
                Libc.call((arena, errno) ->
                        (int)
                                OPEN.invokeExact(
                                        errno, arena.allocateFrom(path.toString()), all, mode));
        return (int) Libc.check(opened, "open " + path);
    }

    public static int open(Path path, int flags) {
        return open(path, flags, 0);
    }

    /// An empty file without a place on any disk, close-on-exec; gone with its last descriptor.
    ///
    /// @param name for people who look at our descriptors
    public static int memory(String name) {
        var made =
                Libc.call((arena, errno) ->
                        (int) MEMORY.invokeExact(errno, arena.allocateFrom(name), MFD_CLOEXEC));
        return (int) Libc.check(made, "make a file in memory");
    }

    /// Closes it. An error is of no use to anyone: the descriptor is gone either way.
    public static void close(int descriptor) {
        var _ = Libc.call((_, errno) -> (int) CLOSE.invokeExact(errno, descriptor));
    }

    /// Reads into `buffer`; 0 at the end of the file, a negative errno on failure, `-EAGAIN` when a
    /// non-blocking descriptor has nothing.
    public static long read(int descriptor, MemorySegment buffer) {
        return Libc.call((_, errno) ->
                (long) READ.invokeExact(errno, descriptor, buffer, buffer.byteSize()));
    }

    /// Writes from native `buffer`; how many bytes were taken, or a negative errno.
    public static long write(int descriptor, MemorySegment buffer) {
        return Libc.call((_, errno) ->
                (long) WRITE.invokeExact(errno, descriptor, buffer, buffer.byteSize()));
    }

    /// Where the first byte from `offset` on is that was ever written; `-ENXIO` where none is.
    public static long nextData(int descriptor, long offset) {
        return seek(descriptor, offset, SEEK_DATA);
    }

    /// Where the first byte from `offset` on is that was never written, at the latest the end of
    /// the file.
    public static long nextHole(int descriptor, long offset) {
        return seek(descriptor, offset, SEEK_HOLE);
    }

    private static long seek(int descriptor, long offset, int whence) {
        return Libc.call((_, errno) -> (long) LSEEK.invokeExact(errno, descriptor, offset, whence));
    }

    /// A second descriptor for the same open file, not below `least`, close-on-exec.
    public static int duplicate(int descriptor, int least) {
        var made =
                Libc.call((_, errno) ->
                        (int) FCNTL.invokeExact(errno, descriptor, F_DUPFD_CLOEXEC, least));
        return (int) Libc.check(made, "duplicate descriptor " + descriptor);
    }

    /// Sets what a pipe holds; false where the kernel refuses (limits of unprivileged users).
    public static boolean resizePipe(int descriptor, int bytes) {
        return Libc.call((_, errno) ->
                (int) FCNTL.invokeExact(errno, descriptor, F_SETPIPE_SZ, bytes))
                >= 0;
    }

    /// How many bytes wait in a pipe that takes no more; 0 where it takes more, or cannot be asked.
    public static int full(int descriptor) {
        var room =
                Libc.call(
                        (_, errno) -> (int) FCNTL.invokeExact(errno, descriptor, F_GETPIPE_SZ, 0));
        var waiting =
                Libc.call((arena, errno) -> {
                    var count = arena.allocate(JAVA_INT);
                    int asked = (int) IOCTL.invokeExact(errno, descriptor, FIONREAD, count);
                    return asked < 0 ? asked : count.get(JAVA_INT, 0);
                });
        return room > 0 && waiting >= room ? (int) waiting : 0;
    }

    public static void changeOwner(int descriptor, int uid, int gid) {
        var changed =
                Libc.call((_, errno) -> (int) FCHOWN.invokeExact(errno, descriptor, uid, gid));
        Libc.check(changed, "change the owner of descriptor " + descriptor + " to " + uid);
    }
}
