package dev.vmcp.host.vmm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A listener on a unix socket that answers each connection's first request with the same words.
final class ScriptedListener implements AutoCloseable {

    private static final int LONGEST_REQUEST = 1 << 16;

    private final ServerSocketChannel listener =
            ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<SocketChannel> clients = new CopyOnWriteArrayList<>();
    private final String words;
    private volatile boolean hangsUp;
    private volatile boolean goesOn;

    /// @param socket replaced where it is there; left behind, as by a VMM
    ScriptedListener(Path socket, String words) throws IOException {
        this.words = words;
        Files.deleteIfExists(socket);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
    }

    /// Every request so far, with its body.
    List<String> requests() {
        return requests;
    }

    /// Every connection so far, closed once the caller has hung up.
    List<SocketChannel> clients() {
        return clients;
    }

    void hangUpAfterwards() {
        hangsUp = true;
    }

    /// Answers every request of a connection.
    void goOnAfterwards() {
        goesOn = true;
    }

    private void serve() {
        try {
            while (true) {
                var channel = listener.accept();
                clients.add(channel);
                Thread.ofVirtual().start(() -> converse(channel));
            }
        } catch (IOException e) {
            // The test has ended.
        }
    }

    private void converse(SocketChannel channel) {
        try (channel) {
            do {
                var request = read(channel);
                if (request.isEmpty()) {
                    return;
                }
                requests.add(request);
                var bytes = ByteBuffer.wrap(words.getBytes(UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } while (goesOn);
            if (!hangsUp) {
                var _ = channel.read(ByteBuffer.allocate(1));
            }
        } catch (IOException e) {
            // Our side hung up.
        }
    }

    /// Up to the end of the head, or of a body that came at once; empty where the caller hung up.
    private static String read(SocketChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(LONGEST_REQUEST);
        do {
            var text = new String(buffer.array(), 0, buffer.position(), UTF_8);
            int end = text.indexOf("\r\n\r\n");
            boolean body = text.contains("Content-Length: ");
            if (end >= 0 && (!body || text.length() > end + 4)) {
                return text;
            }
        } while (channel.read(buffer) >= 0);
        return "";
    }

    /// The kernel may take connections some microseconds longer: the thread in `accept` holds the
    /// listener until it has noticed.
    @Override
    public void close() throws IOException {
        listener.close();
        for (var client : clients) {
            client.close();
        }
    }
}
