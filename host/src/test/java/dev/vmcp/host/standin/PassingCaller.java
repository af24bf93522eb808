package dev.vmcp.host.standin;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Libc;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A connection over which open descriptors come along with bytes.
final class PassingCaller implements AutoCloseable {

    private static final MethodHandle RECVMSG =
            Libc.bind("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SEND =
            Libc.bind(
                    "send",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private static final int CLOSE_ON_EXEC = 0x40000000;
    private static final int NO_SIGNAL = 0x4000;

    /// `struct msghdr` of 64-bit Linux.
    private static final int MSGHDR = 56;

    private static final int IOV_AT = 16;
    private static final int IOV_COUNT_AT = 24;
    private static final int CONTROL_AT = 32;
    private static final int CONTROL_LENGTH_AT = 40;

    /// `struct cmsghdr`: length, level, type; the descriptors follow.
    private static final int CMSG = 16;

    private static final int CHUNK = 4096;
    private static final int ROOM = 256;

    private final int descriptor;
    private final Queue<Integer> came = new ConcurrentLinkedQueue<>();

    PassingCaller(int descriptor) {
        this.descriptor = descriptor;
    }

    /// The next descriptor that came and was not taken.
    OptionalInt take() {
        var next = came.poll();
        return next == null ? OptionalInt.empty() : OptionalInt.of(next);
    }

    InputStream in() {
        return new InputStream() {
            private byte[] bytes = new byte[0];
            private int at;

            @Override
            public int read() throws IOException {
                if (at == bytes.length) {
                    bytes = receive();
                    at = 0;
                }
                return bytes.length == 0 ? -1 : bytes[at++] & 0xff;
            }

            @Override
            public int read(byte[] into, int from, int most) throws IOException {
                var first = most == 0 ? -1 : read();
                if (first < 0) {
                    return -1;
                }
                into[from] = (byte) first;
                var more = Math.min(most - 1, bytes.length - at);
                System.arraycopy(bytes, at, into, from + 1, more);
                at += more;
                return more + 1;
            }
        };
    }

    OutputStream out() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                try (var arena = Arena.ofConfined()) {
                    var all = arena.allocate(Math.max(1, count));
                    MemorySegment.copy(bytes, from, all, JAVA_BYTE, 0, count);
                    for (var sent = 0L; sent < count; ) {
                        sent += send(all.asSlice(sent, count - sent));
                    }
                }
            }
        };
    }

    private long send(MemorySegment bytes) throws IOException {
        var sent =
                Libc.call((_, errno) ->
                        (long)
                                SEND.invokeExact(
                                        errno, descriptor, bytes, bytes.byteSize(), NO_SIGNAL));
        if (sent < 0) {
            throw new IOException("the caller hung up");
        }
        return sent;
    }

    /// Empty at the end.
    private byte[] receive() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var data = arena.allocate(CHUNK);
            var control = arena.allocate(ROOM, Long.BYTES);
            var header = header(arena, data, control);
            var got =
                    Libc.call((_, errno) ->
                            (long) RECVMSG.invokeExact(errno, descriptor, header, CLOSE_ON_EXEC));
            if (got < 0) {
                throw new IOException("the caller hung up");
            }
            if (header.get(JAVA_LONG, CONTROL_LENGTH_AT) > CMSG) {
                var end = control.get(JAVA_LONG, 0);
                for (long at = CMSG; at + Integer.BYTES <= end; at += Integer.BYTES) {
                    came.add(control.get(JAVA_INT, at));
                }
            }
            return data.asSlice(0, got).toArray(JAVA_BYTE);
        }
    }

    private static MemorySegment header(Arena arena, MemorySegment data, MemorySegment control) {
        var vector = arena.allocate(2 * ADDRESS.byteSize(), ADDRESS.byteAlignment());
        vector.set(ADDRESS, 0, data);
        vector.set(JAVA_LONG, ADDRESS.byteSize(), data.byteSize());
        var header = arena.allocate(MSGHDR, ADDRESS.byteAlignment());
        header.set(ADDRESS, IOV_AT, vector);
        header.set(JAVA_LONG, IOV_COUNT_AT, 1);
        header.set(ADDRESS, CONTROL_AT, control);
        header.set(JAVA_LONG, CONTROL_LENGTH_AT, control.byteSize());
        return header;
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
