package dev.vmcp.host.vmm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.vmcp.host.process.Errno;
import dev.vmcp.host.process.PassingSocket;
import dev.vmcp.host.process.ProcessException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.List;

/// A connection to a VMM's unix socket that open descriptors can be sent over. It blocks as its
/// [Pause] allows. For one thread.
public final class PassingChannel implements ReadableByteChannel {

    /// What is done until the next attempt; throws when there is to be none.
    @FunctionalInterface
    public interface Pause {
        void run() throws IOException;
    }

    private static final int CHUNK = 4096;

    private final PassingSocket socket;
    private final Pause pause;
    private boolean open = true;

    private PassingChannel(PassingSocket socket, Pause pause) {
        this.socket = socket;
        this.pause = pause;
    }

    /// Waits while the VMM has not accepted the connection before.
    ///
    /// @throws IOException when nobody listens there
    public static PassingChannel dial(Path path, Pause pause) throws IOException {
        var channel = new PassingChannel(opened(), pause);
        try {
            var result = channel.socket.connect(path);
            while (result == -Errno.EAGAIN) {
                pause.run();
                result = channel.socket.connect(path);
            }
            checked(result, "connect");
            return channel;
        } catch (ProcessException e) {
            channel.close();
            throw new IOException(e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static PassingSocket opened() throws IOException {
        try {
            return PassingSocket.open();
        } catch (ProcessException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// Sends all of `bytes`; the descriptors go with the first of them and stay open here.
    public void send(ByteBuffer bytes, List<Integer> descriptors) throws IOException {
        var passing = descriptors;
        while (bytes.hasRemaining()) {
            var sent = socket.send(bytes, passing);
            if (sent == -Errno.EAGAIN) {
                pause.run();
            } else {
                bytes.position(bytes.position() + (int) checked(sent, "send"));
                passing = List.of();
            }
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var chunk = arena.allocate(Math.min(CHUNK, into.remaining()));
            var got = socket.receive(chunk);
            while (got == -Errno.EAGAIN) {
                pause.run();
                got = socket.receive(chunk);
            }
            if (got == 0) {
                return -1;
            }
            into.put(chunk.asSlice(0, checked(got, "read")).toArray(JAVA_BYTE));
            return (int) got;
        }
    }

    private static long checked(long result, String what) throws IOException {
        if (result < 0) {
            throw new IOException(what + ": " + Errno.text((int) -result));
        }
        return result;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            socket.close();
        }
    }
}
