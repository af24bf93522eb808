package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The inotify calls, for files that are written (inotify(7)).
final class Inotify {

    private static final int MODIFY = 2;
    private static final int CLOEXEC = 0x80000;
    private static final int NONBLOCK = 0x800;

    /// `struct inotify_event`: watch, mask, cookie, and the length of the name that follows.
    private static final int EVENT_BYTES = 16;

    private static final int NAME_LENGTH = 12;

    private static final MethodHandle CREATE =
            Libc.bind("inotify_init1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle ADD =
            Libc.bind(
                    "inotify_add_watch",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle REMOVE =
            Libc.bind("inotify_rm_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private Inotify() {}

    /// A descriptor that becomes readable when a watched file is written, or a negative errno.
    static int create() {
        return (int) Libc.call((_, errno) -> (int) CREATE.invokeExact(errno, CLOEXEC | NONBLOCK));
    }

    /// The watch, or a negative errno.
    static int add(int inotify, Path file) {
        return (int)
                Libc.call((arena, errno) ->
                        (int)
                                ADD.invokeExact(
                                        errno,
                                        inotify,
                                        arena.allocateFrom(file.toString()),
                                        MODIFY));
    }

    /// Does nothing where the file is gone, and the watch with it.
    static void remove(int inotify, int watch) {
        var _ = Libc.call((_, errno) -> (int) REMOVE.invokeExact(errno, inotify, watch));
    }

    /// The watches of the events that were read into the first `bytes` of `events`; -1 stands for
    /// events that were lost.
    static List<Integer> watches(MemorySegment events, long bytes) {
        var watches = new ArrayList<Integer>();
        for (long at = 0; at + EVENT_BYTES <= bytes; ) {
            watches.add(events.get(JAVA_INT, at));
            at += EVENT_BYTES + events.get(JAVA_INT, at + NAME_LENGTH);
        }
        return watches;
    }
}
