package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The epoll calls. Every watch is one-shot and carries a token.
final class Epoll {

    static final int ADD = 1;
    static final int DELETE = 2;
    static final int MODIFY = 3;
    static final int ONE_SHOT = 1 << 30;

    private static final int CLOEXEC = 0x80000;
    private static final int NONBLOCK = 0x800;

    /// `struct epoll_event` is packed on x86-64 only.
    private static final int TOKEN = Machine.IS_X86 ? 4 : 8;

    private static final int EVENT_BYTES = TOKEN + Long.BYTES;

    private static final MethodHandle CREATE =
            Libc.bind("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle CONTROL =
            Libc.bind(
                    "epoll_ctl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle WAIT =
            Libc.bind(
                    "epoll_wait",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    private static final MethodHandle EVENTFD =
            Libc.bind("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private Epoll() {}

    static int create() {
        var made = Libc.call((_, errno) -> (int) CREATE.invokeExact(errno, CLOEXEC));
        return (int) Libc.check(made, "create epoll");
    }

    /// A descriptor that becomes readable once eight bytes are written to it.
    static int createEvent() {
        var flags = CLOEXEC | NONBLOCK;
        var made = Libc.call((_, errno) -> (int) EVENTFD.invokeExact(errno, 0, flags));
        return (int) Libc.check(made, "create eventfd");
    }

    /// Zero or a negative errno.
    static long control(int epoll, int operation, int descriptor, int events, long token) {
        return Libc.call((arena, errno) -> {
            var event = arena.allocate(EVENT_BYTES, Long.BYTES);
            event.set(JAVA_INT, 0, events);
            event.set(JAVA_LONG_UNALIGNED, TOKEN, token);
            return (int) CONTROL.invokeExact(errno, epoll, operation, descriptor, event);
        });
    }

    static MemorySegment events(Arena arena, int count) {
        return arena.allocate((long) EVENT_BYTES * count, Long.BYTES);
    }

    /// Blocks until something is ready: how many events were filled in, or a negative errno.
    static int await(int epoll, MemorySegment events) {
        var count = (int) (events.byteSize() / EVENT_BYTES);
        return (int)
                Libc.call((_, errno) -> (int) WAIT.invokeExact(errno, epoll, events, count, -1));
    }

    static long token(MemorySegment events, int index) {
        return events.get(JAVA_LONG_UNALIGNED, (long) index * EVENT_BYTES + TOKEN);
    }
}
