package dev.vmcp.host.vmm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vmcp.host.process.Errno;
import dev.vmcp.host.process.Libc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// Other names for a file: bind mounts, links and device nodes. Of an open file, by its descriptor,
/// so that nobody can put another in its place meanwhile.
final class Mounts {

    private static final MethodHandle MOUNT =
            Libc.bind(
                    "mount",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle UNMOUNT =
            Libc.bind("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LINK =
            Libc.bind(
                    "linkat",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle NODE =
            Libc.bind("mknod", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG));

    private static final long READ_ONLY = 1;
    private static final long NO_SUID_NO_DEVICES_NO_EXEC = 2 | 4 | 8;
    private static final long REMOUNT = 32;
    private static final long BIND = 4096;
    private static final int DETACH = 2;
    private static final int NO_FOLLOW = 8;
    private static final int FROM_HERE = -100;
    private static final int FOLLOW_SOURCE = 0x400;
    private static final int BLOCK_DEVICE = 0x6000;
    private static final int MOST_LAYERS = 16;

    private Mounts() {}

    /// Mounts an open file over `target`, an empty file of ours.
    static void bind(int descriptor, Path target, boolean writable) {
        var source = path(descriptor);
        mount(source, target, BIND);
        var flags = BIND | REMOUNT | NO_SUID_NO_DEVICES_NO_EXEC | (writable ? 0 : READ_ONLY);
        mount(source, target, flags);
    }

    /// Removes every mount over `target`; does nothing where there is none.
    static void unmount(Path target) {
        for (var layer = 0; layer < MOST_LAYERS; layer++) {
            var done =
                    Libc.call((arena, errno) ->
                            (int)
                                    UNMOUNT.invokeExact(
                                            errno,
                                            arena.allocateFrom(target.toString()),
                                            DETACH | NO_FOLLOW));
            if (done == -Errno.EINVAL || done == -Errno.ENOENT) {
                return;
            }
            Libc.check(done, "unmount " + target);
        }
    }

    /// A second name of an open file; false where only a file of the same mount can have one.
    static boolean link(int descriptor, Path target) {
        var done =
                Libc.call((arena, errno) ->
                        (int)
                                LINK.invokeExact(
                                        errno,
                                        FROM_HERE,
                                        arena.allocateFrom(path(descriptor)),
                                        FROM_HERE,
                                        arena.allocateFrom(target.toString()),
                                        FOLLOW_SOURCE));
        return done >= 0;
    }

    /// A node of a block device that only its owner, who is we, may open.
    static void node(long device, Path target) {
        var done =
                Libc.call((arena, errno) ->
                        (int)
                                NODE.invokeExact(
                                        errno,
                                        arena.allocateFrom(target.toString()),
                                        BLOCK_DEVICE | 0600,
                                        device));
        Libc.check(done, "make device node " + target);
    }

    private static void mount(String source, Path target, long flags) {
        var done =
                Libc.call((arena, errno) ->
                        (int)
                                MOUNT.invokeExact(
                                        errno,
                                        arena.allocateFrom(source),
                                        arena.allocateFrom(target.toString()),
                                        MemorySegment.NULL,
                                        flags,
                                        MemorySegment.NULL));
        Libc.check(done, "mount a file at " + target);
    }

    private static String path(int descriptor) {
        return "/proc/self/fd/" + descriptor;
    }
}
