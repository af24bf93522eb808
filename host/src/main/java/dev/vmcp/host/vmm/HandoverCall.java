package dev.vmcp.host.vmm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Errno;
import dev.vmcp.host.process.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// One HTTP request on a unix socket that hands open descriptors over with it (`SCM_RIGHTS`), which
/// the JDK's channels cannot.
final class HandoverCall implements ReadableByteChannel {

    /// What is done until the next attempt; throws when there is to be none.
    @FunctionalInterface
    interface Pause {
        void run() throws IOException;
    }

    private static final MethodHandle SOCKET =
            Libc.bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CONNECT =
            Libc.bind("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SEND =
            Libc.bind("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    private static final int AF_UNIX = 1;
    private static final int STREAM_NONBLOCK_CLOEXEC = 1 | 0x800 | 0x80000;
    private static final int NO_SIGNAL = 0x4000;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;

    /// `struct sockaddr_un`: the family, then at most 107 bytes of path and a zero.
    private static final int ADDRESS_BYTES = 110;

    private static final int LONGEST_PATH = 107;

    /// `struct msghdr`, `iovec` and `cmsghdr` of 64-bit Linux.
    private static final int MESSAGE_BYTES = 56;

    private static final int VECTOR_AT = 16;
    private static final int VECTORS_AT = 24;
    private static final int CONTROL_AT = 32;
    private static final int CONTROL_LENGTH_AT = 40;
    private static final int CONTROL_HEAD = 16;

    private final int descriptor;
    private final Pause pause;
    private final Arena arena = Arena.ofShared();
    private boolean open = true;

    private HandoverCall(Pause pause) throws IOException {
        this.pause = pause;
        this.descriptor =
                done(
                        Libc.call((_, errno) ->
                                (int)
                                        SOCKET.invokeExact(
                                                errno, AF_UNIX, STREAM_NONBLOCK_CLOEXEC, 0)),
                        "socket");
    }

    /// @throws IOException when the VMM is not there, hangs up or answers nonsense, or `pause` says
    ///   that it is over
    static RestAnswer exchange(
            Path socket, ByteBuffer request, List<Integer> descriptors, Pause pause)
            throws IOException {
        try (var call = new HandoverCall(pause)) {
            call.connect(socket);
            call.send(request, descriptors);
            return RestAnswer.read(call);
        }
    }

    private void connect(Path socket) throws IOException {
        var path = socket.toString().getBytes(StandardCharsets.UTF_8);
        if (path.length > LONGEST_PATH) {
            throw new IOException("a socket path of " + path.length + " bytes");
        }
        var address = arena.allocate(ADDRESS_BYTES, Long.BYTES);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(path, 0, address, JAVA_BYTE, Short.BYTES, path.length);
        var result = connect(address);
        while (result == -Errno.EAGAIN) {
            pause.run();
            result = connect(address);
        }
        done(result, "connect");
    }

    private long connect(MemorySegment address) {
        return Libc.call(
                (_, errno) -> (int) CONNECT.invokeExact(errno, descriptor, address, ADDRESS_BYTES));
    }

    /// The descriptors go with the first byte.
    private void send(ByteBuffer request, List<Integer> descriptors) throws IOException {
        var bytes = arena.allocate(request.remaining());
        bytes.copyFrom(MemorySegment.ofBuffer(request));
        var control = control(descriptors);
        var sent = 0L;
        while (sent < bytes.byteSize()) {
            var message = message(bytes.asSlice(sent), sent == 0 ? control : MemorySegment.NULL);
            var result =
                    Libc.call((_, errno) ->
                            (long) SEND.invokeExact(errno, descriptor, message, NO_SIGNAL));
            if (result == -Errno.EAGAIN) {
                pause.run();
            } else {
                sent += done(result, "send");
            }
        }
    }

    private MemorySegment control(List<Integer> descriptors) {
        var length = CONTROL_HEAD + (long) Integer.BYTES * descriptors.size();
        var control = arena.allocate(length, Long.BYTES);
        control.set(JAVA_LONG, 0, length);
        control.set(JAVA_INT, Long.BYTES, SOL_SOCKET);
        control.set(JAVA_INT, Long.BYTES + Integer.BYTES, SCM_RIGHTS);
        for (var i = 0; i < descriptors.size(); i++) {
            control.set(JAVA_INT, CONTROL_HEAD + (long) Integer.BYTES * i, descriptors.get(i));
        }
        return control;
    }

    private MemorySegment message(MemorySegment bytes, MemorySegment control) {
        var vector = arena.allocate(2L * Long.BYTES, Long.BYTES);
        vector.set(ADDRESS, 0, bytes);
        vector.set(JAVA_LONG, Long.BYTES, bytes.byteSize());
        var message = arena.allocate(MESSAGE_BYTES, Long.BYTES);
        message.set(ADDRESS, VECTOR_AT, vector);
        message.set(JAVA_LONG, VECTORS_AT, 1);
        message.set(ADDRESS, CONTROL_AT, control);
        message.set(JAVA_LONG, CONTROL_LENGTH_AT, control.byteSize());
        return message;
    }

    private static int done(long result, String what) throws IOException {
        if (result < 0) {
            throw new IOException(what + ": " + Errno.text((int) -result));
        }
        return (int) result;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        var buffer = arena.allocate(into.remaining());
        var count = Descriptors.read(descriptor, buffer);
        while (count == -Errno.EAGAIN) {
            pause.run();
            count = Descriptors.read(descriptor, buffer);
        }
        if (count == 0) {
            return -1;
        }
        var read = done(count, "read");
        into.put(buffer.asSlice(0, read).toArray(JAVA_BYTE));
        return read;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            Descriptors.close(descriptor);
            arena.close();
        }
    }
}
