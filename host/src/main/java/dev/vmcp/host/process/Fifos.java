package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// Named pipes between a VMM and us. Both sides open them read-write, so that the death of one
/// leaves the other's end whole.
public final class Fifos {

    private static final MethodHandle MKFIFO =
            Libc.bind("mkfifo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LCHOWN =
            Libc.bind("lchown", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

    private Fifos() {}

    /// Makes a FIFO that only its owner may open.
    ///
    /// @param uid the user and group that own it; 0 = as ourselves
    /// @throws ProcessException when the name is taken, or the directory does not allow it
    public static void make(Path path, int uid) {
        var made =
                Libc.call((arena, errno) ->
                        (int) MKFIFO.invokeExact(errno, arena.allocateFrom(path.toString()), 0600));
        Libc.check(made, "make FIFO " + path);
        if (uid != 0) {
            changeOwner(path, uid, uid);
        }
    }

    /// Changes the owner of what stands at `path`, of a symlink itself rather than its target.
    public static void changeOwner(Path path, int uid, int gid) {
        var changed =
                Libc.call((arena, errno) ->
                        (int)
                                LCHOWN.invokeExact(
                                        errno, arena.allocateFrom(path.toString()), uid, gid));
        Libc.check(changed, "change the owner of " + path + " to " + uid);
    }

    /// Opens our end: non-blocking, read-write, never through a symlink.
    ///
    /// @throws ProcessException when it is not there or is no FIFO
    public static int open(Path path) {
        var descriptor =
                Descriptors.open(
                        path, OpenFlags.READ_WRITE | OpenFlags.NON_BLOCKING | OpenFlags.NO_FOLLOW);
        if (FileStatus.of(descriptor).kind() != FileStatus.Kind.FIFO) {
            Descriptors.close(descriptor);
            throw new ProcessException("open " + path + ": not a FIFO");
        }
        return descriptor;
    }
}
