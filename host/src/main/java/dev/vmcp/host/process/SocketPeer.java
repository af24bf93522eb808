package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.vmcp.core.vm.ProcessId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which process listens on a unix socket, as the kernel says (unix(7), `SO_PEERCRED`).
public final class SocketPeer {

    /// The longest path that fits a `sockaddr_un`, in bytes.
    public static final int LONGEST_PATH = 107;

    private static final MethodHandle SOCKET =
            Libc.bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CONNECT =
            Libc.bind("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT =
            Libc.bind(
                    "getsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private static final int AF_UNIX = 1;
    private static final int STREAM_CLOSE_ON_EXEC_NON_BLOCKING = 1 | 0x80000 | 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int UCRED_BYTES = 12;
    private static final int FAMILY_BYTES = 2;

    private SocketPeer() {}

    /// @throws ProcessException when nobody listens there, or somebody whom we cannot see: one in
    ///   another PID namespace
    public static ProcessId of(Path socket) {
        int pid = pid(socket);
        if (pid <= 0) {
            throw new ProcessException(
                    "who listens on "
                            + socket
                            + " runs in another PID namespace, where it cannot be watched");
        }
        var stat =
                ProcStat.of(pid)
                        .orElseThrow(() ->
                                new ProcessException(
                                        "process "
                                                + pid
                                                + ", which listened on "
                                                + socket
                                                + ", is gone"));
        return new ProcessId(pid, stat.startTicks(), bootId());
    }

    private static int pid(Path socket) {
        var path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > LONGEST_PATH) {
            throw new ProcessException(
                    "socket: " + socket + " (expected: at most " + LONGEST_PATH + " bytes)");
        }
        var dialled =
                Libc.call((_, errno) ->
                        (int)
                                SOCKET.invokeExact(
                                        errno, AF_UNIX, STREAM_CLOSE_ON_EXEC_NON_BLOCKING, 0));
        int descriptor = (int) Libc.check(dialled, "make a socket");
        try (var arena = Arena.ofConfined()) {
            var address = arena.allocate(FAMILY_BYTES + LONGEST_PATH + 1L, Short.BYTES);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(MemorySegment.ofArray(path), 0, address, FAMILY_BYTES, path.length);
            int length = (int) address.byteSize();
            var connected =
                    Libc.call((_, errno) ->
                            (int) CONNECT.invokeExact(errno, descriptor, address, length));
            Libc.check(connected, "connect to " + socket);
            return peer(descriptor, arena);
        } finally {
            Descriptors.close(descriptor);
        }
    }

    private static int peer(int descriptor, Arena arena) {
        var credentials = arena.allocate(UCRED_BYTES, Integer.BYTES);
        var size = arena.allocateFrom(JAVA_INT, UCRED_BYTES);
        var told =
                Libc.call((_, errno) ->
                        (int)
                                GETSOCKOPT.invokeExact(
                                        errno,
                                        descriptor,
                                        SOL_SOCKET,
                                        SO_PEERCRED,
                                        credentials,
                                        size));
        Libc.check(told, "ask a socket for its peer");
        return credentials.get(JAVA_INT, 0);
    }

    private static String bootId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new ProcessException("read the boot id: " + e.getMessage(), e);
        }
    }
}
