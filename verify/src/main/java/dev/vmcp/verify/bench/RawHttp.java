package dev.vmcp.verify.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vmcp.host.process.Deadline;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// Requests on one connection, with next to no work around them: what is timed is who answers.
record RawHttp(SocketChannel channel) implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long LOOK_AGAIN = TimeUnit.MICROSECONDS.toNanos(100);
    private static final int PIECE = 8 << 10;
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");

    static RawHttp dial(SocketAddress address) throws IOException {
        return new RawHttp(SocketChannel.open(address));
    }

    /// Dials a VMM until it listens.
    ///
    /// @param log what the VMM says when it never does
    static RawHttp dial(Path socket, Path log) throws IOException {
        var deadline = Deadline.in(LIMIT);
        while (true) {
            try {
                return dial(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                if (deadline.passed()) {
                    throw new IOException(Files.readString(log), e);
                }
                LockSupport.parkNanos(LOOK_AGAIN);
            }
        }
    }

    /// @param body empty for none
    void put(String path, String body) throws IOException {
        send("PUT", path, "application/json", body);
        answered(path);
    }

    void get(String path) throws IOException {
        send("GET", path, "application/json", "");
        answered(path);
    }

    void post(String path, String body) throws IOException {
        send("POST", path, "application/json", body);
        answered(path);
    }

    void send(String method, String path, String type, String body) throws IOException {
        var head =
                method
                        + " "
                        + path
                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        + type
                        + "\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n";
        channel.write(ByteBuffer.wrap((head + body).getBytes(ISO_8859_1)));
    }

    private void answered(String path) throws IOException {
        var said = more("");
        while (said.length() < wanted(said)) {
            said = more(said);
        }
        if (!said.startsWith("HTTP/1.1 20")) {
            throw new IOException(path + ": " + said);
        }
    }

    /// What came after `before`, behind it.
    String more(String before) throws IOException {
        var piece = ByteBuffer.allocate(PIECE);
        if (channel.read(piece) <= 0) {
            throw new EOFException("after: " + before);
        }
        return before + ISO_8859_1.decode(piece.flip());
    }

    private static int wanted(String said) {
        var head = said.indexOf("\r\n\r\n");
        if (head < 0) {
            return Integer.MAX_VALUE;
        }
        var length = LENGTH.matcher(said.substring(0, head + 2));
        return head + "\r\n\r\n".length() + (length.find() ? Integer.parseInt(length.group(1)) : 0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
