package dev.vmcp.host.driver;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/// A server on a unix socket that does no VMM's bidding.
final class Impostor implements AutoCloseable {

    enum Manners {
        /// Takes the call and says nothing.
        SILENT,
        /// Hangs up at once.
        HANGS_UP,
        /// Says half of an answer and waits.
        HALF,
        /// Never ends its answer.
        ENDLESS,
        /// Answers something that is no protocol.
        MALFORMED
    }

    private static final int PIECE = 1 << 16;

    private final ServerSocketChannel server;
    private final Path link;
    private final Manners manners;
    private final AtomicLong sent = new AtomicLong();

    Impostor(Path socket, Manners manners) throws IOException {
        this.manners = manners;
        // A path of any length is reached by a short one.
        var directory = Files.createTempDirectory("vmcp-kit");
        link = directory.resolve("d");
        Files.createSymbolicLink(link, socket.getParent());
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(link.resolve(socket.getFileName())));
        Thread.ofVirtual().start(this::serve);
    }

    /// How much was taken of what it said.
    long sent() {
        return sent.get();
    }

    private void serve() {
        while (server.isOpen()) {
            try {
                var caller = server.accept();
                Thread.ofVirtual().start(() -> answer(caller));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void answer(SocketChannel caller) {
        try (caller) {
            switch (manners) {
                case SILENT -> awaitEnd(caller);
                case HANGS_UP -> {}
                case HALF -> {
                    say(caller, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Len");
                    awaitEnd(caller);
                }
                case ENDLESS -> {
                    say(caller, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{\"a\":\"");
                    var piece = "x".repeat(PIECE);
                    while (server.isOpen()) {
                        say(caller, piece);
                    }
                }
                case MALFORMED -> {
                    say(caller, "\u0000\u00ff{]HTTP/9 abc\r\n\r\n{\"QMP\":[}}\n");
                    awaitEnd(caller);
                }
            }
        } catch (IOException _) {
            // The caller has had enough.
        }
    }

    private void say(SocketChannel caller, String text) throws IOException {
        var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            sent.addAndGet(caller.write(bytes));
        }
    }

    private static void awaitEnd(SocketChannel caller) throws IOException {
        var buffer = ByteBuffer.allocate(4096);
        while (caller.read(buffer) >= 0) {
            buffer.clear();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var path : Arrays.asList(link, link.getParent())) {
            Files.delete(path);
        }
    }
}
