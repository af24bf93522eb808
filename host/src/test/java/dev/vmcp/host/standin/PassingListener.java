package dev.vmcp.host.standin;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.vmcp.host.process.Libc;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/// A unix socket that takes connections over which open descriptors come, which the JDK's channels
/// leave behind. Its calls block their platform thread.
final class PassingListener {

    private static final MethodHandle SOCKET =
            Libc.bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            Libc.bind("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle LISTEN =
            Libc.bind("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle ACCEPT =
            Libc.bind("accept", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private static final int AF_UNIX = 1;
    private static final int STREAM_CLOEXEC = 1 | 0x80000;
    private static final int BACKLOG = 1;

    /// `struct sockaddr_un`: the family, then the path and its NUL.
    private static final int PATH_AT = 2;

    private static final int LONGEST_PATH = 107;

    private final int descriptor;

    private PassingListener(int descriptor) {
        this.descriptor = descriptor;
    }

    static PassingListener at(String path) {
        var opened =
                Libc.call(
                        (_, errno) -> (int) SOCKET.invokeExact(errno, AF_UNIX, STREAM_CLOEXEC, 0));
        int descriptor = (int) Libc.check(opened, "open a socket");
        var bytes = path.getBytes(StandardCharsets.UTF_8);
        var bound =
                Libc.call((arena, errno) -> {
                    var address = arena.allocate(PATH_AT + LONGEST_PATH + 1L);
                    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
                    MemorySegment.copy(bytes, 0, address, JAVA_BYTE, PATH_AT, bytes.length);
                    return (int)
                            BIND.invokeExact(errno, descriptor, address, (int) address.byteSize());
                });
        Libc.check(bound, "bind " + path);
        var listens = Libc.call((_, errno) -> (int) LISTEN.invokeExact(errno, descriptor, BACKLOG));
        Libc.check(listens, "listen at " + path);
        return new PassingListener(descriptor);
    }

    PassingCaller accept() {
        var accepted =
                Libc.call((_, errno) ->
                        (int)
                                ACCEPT.invokeExact(
                                        errno, descriptor, MemorySegment.NULL, MemorySegment.NULL));
        return new PassingCaller((int) Libc.check(accepted, "accept"));
    }
}
