package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The pidfd calls: a descriptor that means one process for ever, whatever becomes of its pid. It
/// becomes readable when the process ends, also for others than the parent.
final class Pidfd {

    private static final MethodHandle SYSCALL =
            Libc.bindVariadic(
                    "syscall",
                    1,
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG));
    private static final MethodHandle WAITID =
            Libc.bind(
                    "waitid",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    private static final MethodHandle KILL =
            Libc.bind("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    /// The same numbers on every architecture.
    private static final long PIDFD_SEND_SIGNAL = 424;

    private static final long PIDFD_OPEN = 434;

    private static final int SIGKILL = 9;
    private static final int P_PID = 1;
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int CLD_EXITED = 1;

    /// `siginfo_t`: 128 bytes, with the fields that waitid fills in at these offsets.
    private static final int SIGINFO_BYTES = 128;

    private static final int CODE = 8;
    private static final int PID = 16;
    private static final int STATUS = 24;

    private Pidfd() {}

    /// A close-on-exec pidfd or a negative errno.
    static int open(long pid) {
        return (int) syscall(PIDFD_OPEN, pid, 0);
    }

    /// Zero or a negative errno.
    static int signal(int pidfd, int signal) {
        return (int) syscall(PIDFD_SEND_SIGNAL, pidfd, signal);
    }

    /// Reaps the process if it has ended and is our child: how it ended, and `Unknown` for
    /// another's child. Only for a process that has ended.
    static Exit reap(int pidfd) {
        var exit = new Exit[] {new Exit.Unknown()};
        var _ =
                Libc.call((arena, errno) -> {
                    var info = arena.allocate(SIGINFO_BYTES, Long.BYTES);
                    var result =
                            (int)
                                    WAITID.invokeExact(
                                            errno, P_PIDFD, pidfd, info, WEXITED | WNOHANG);
                    if (result == 0 && info.get(JAVA_INT, PID) != 0) {
                        exit[0] = exit(info);
                    }
                    return result;
                });
        return exit[0];
    }

    /// Kills and reaps a child that no pidfd could be had for. Blocks until it has ended.
    static void endChild(int pid) {
        var _ = Libc.call((_, errno) -> (int) KILL.invokeExact(errno, pid, SIGKILL));
        var _ =
                Libc.call((_, errno) ->
                        (int) WAITID.invokeExact(errno, P_PID, pid, MemorySegment.NULL, WEXITED));
    }

    private static Exit exit(MemorySegment info) {
        var status = info.get(JAVA_INT, STATUS);
        return info.get(JAVA_INT, CODE) == CLD_EXITED
                ? new Exit.Code(status)
                : new Exit.Signal(status);
    }

    private static long syscall(long number, long first, long second) {
        return Libc.call((_, errno) ->
                (long) SYSCALL.invokeExact(errno, number, first, second, MemorySegment.NULL, 0L));
    }
}
