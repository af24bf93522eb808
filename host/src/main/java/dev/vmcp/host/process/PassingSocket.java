package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A connection to a unix socket that open descriptors can be sent over, which the JDK's channels
/// cannot. Never blocks. For one thread at a time.
public final class PassingSocket implements AutoCloseable {

    private static final MethodHandle SOCKET =
            Libc.bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CONNECT =
            Libc.bind("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SENDMSG =
            Libc.bind("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    private static final int AF_UNIX = 1;
    private static final int STREAM_NONBLOCK_CLOEXEC = 1 | 0x800 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;

    /// `struct sockaddr_un`: the family, then the path and its NUL.
    private static final int PATH_AT = 2;

    private static final int LONGEST_PATH = 107;

    /// `struct msghdr` of 64-bit Linux.
    private static final int MSGHDR = 56;

    private static final int IOV_AT = 16;
    private static final int IOV_COUNT_AT = 24;
    private static final int CONTROL_AT = 32;
    private static final int CONTROL_LENGTH_AT = 40;

    /// `struct cmsghdr`: length, level, type; the descriptors follow.
    private static final int CMSG = 16;

    private final int descriptor;

    private PassingSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /// One that is not connected yet.
    ///
    /// @throws ProcessException when the kernel gives none
    public static PassingSocket open() {
        var opened =
                Libc.call((_, errno) ->
                        (int) SOCKET.invokeExact(errno, AF_UNIX, STREAM_NONBLOCK_CLOEXEC, 0));
        return new PassingSocket((int) Libc.check(opened, "open a socket"));
    }

    /// Negative errno where it fails: `-EAGAIN` while the peer has not accepted those before.
    ///
    /// @param path of at most 107 bytes
    public long connect(Path path) {
        var bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_PATH) {
            throw new ProcessException("connect to " + path + ": the path is too long");
        }
        return Libc.call((arena, errno) -> {
            var address = arena.allocate(PATH_AT + LONGEST_PATH + 1L);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(bytes, 0, address, JAVA_BYTE, PATH_AT, bytes.length);
            return (int) CONNECT.invokeExact(errno, descriptor, address, (int) address.byteSize());
        });
    }

    /// Sends what is left of `bytes` as far as the peer takes it now, and with the first byte the
    /// descriptors, which stay open here. How many bytes were taken, or a negative errno.
    public long send(ByteBuffer bytes, List<Integer> descriptors) {
        return Libc.call((arena, errno) ->
                (long)
                        SENDMSG.invokeExact(
                                errno,
                                descriptor,
                                message(arena, bytes, descriptors),
                                MSG_NOSIGNAL));
    }

    private static MemorySegment message(Arena arena, ByteBuffer bytes, List<Integer> descriptors) {
        var data = arena.allocate(bytes.remaining());
        data.copyFrom(MemorySegment.ofBuffer(bytes));
        var vector = arena.allocate(2 * ADDRESS.byteSize(), ADDRESS.byteAlignment());
        vector.set(ADDRESS, 0, data);
        vector.set(JAVA_LONG, ADDRESS.byteSize(), data.byteSize());
        var header = arena.allocate(MSGHDR, ADDRESS.byteAlignment());
        header.set(ADDRESS, IOV_AT, vector);
        header.set(JAVA_LONG, IOV_COUNT_AT, 1);
        if (!descriptors.isEmpty()) {
            var control = control(arena, descriptors);
            header.set(ADDRESS, CONTROL_AT, control);
            header.set(JAVA_LONG, CONTROL_LENGTH_AT, control.byteSize());
        }
        return header;
    }

    private static MemorySegment control(Arena arena, List<Integer> descriptors) {
        int length = CMSG + descriptors.size() * Integer.BYTES;
        var control = arena.allocate((length + 7L) / 8 * 8, Long.BYTES);
        control.set(JAVA_LONG, 0, length);
        control.set(JAVA_INT, Long.BYTES, SOL_SOCKET);
        control.set(JAVA_INT, Long.BYTES + Integer.BYTES, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            control.set(JAVA_INT, CMSG + (long) i * Integer.BYTES, descriptors.get(i));
        }
        return control;
    }

    /// Reads what there is into native `buffer`; 0 at the end, a negative errno on failure,
    /// `-EAGAIN` when there is nothing now.
    public long receive(MemorySegment buffer) {
        return Descriptors.read(descriptor, buffer);
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
