package dev.vmcp.verify.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.vmcp.host.process.Deadline;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Requests to a VMM's own API, all on one connection and none looked at closely.
record RawApi(SocketChannel channel) implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long LOOK_AGAIN = TimeUnit.MICROSECONDS.toNanos(100);

    /// Dials until somebody listens.
    ///
    /// @param log what the VMM says when nobody ever does
    static RawApi dial(Path socket, Path log) throws IOException {
        var deadline = Deadline.in(LIMIT);
        while (true) {
            try {
                return new RawApi(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
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
        var head =
                "PUT %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
                        .formatted(path, body.length());
        channel.write(ByteBuffer.wrap((head + body).getBytes(US_ASCII)));
        var answer = ByteBuffer.allocate(4096);
        channel.read(answer);
        var said = new String(answer.array(), 0, answer.position(), US_ASCII);
        if (!said.startsWith("HTTP/1.1 20")) {
            throw new IOException(path + ": " + said);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
