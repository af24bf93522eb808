package dev.vmcp.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// A peer that answers whatever bytes it is told to, one script per request; the connection closes
/// after the last.
final class ScriptedPeer implements AutoCloseable {
    final AtomicInteger accepted = new AtomicInteger();
    private final ServerSocket server;

    /// @param perConnection what each connection answers to its first, second … request
    ScriptedPeer(String... perConnection) throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(perConnection));
    }

    Endpoint endpoint() {
        return new Endpoint.Tcp("127.0.0.1", server.getLocalPort());
    }

    private void accept(String... script) {
        while (!server.isClosed()) {
            try (var socket = server.accept()) {
                accepted.incrementAndGet();
                for (var answer : script) {
                    if (!readRequest(socket)) {
                        break;
                    }
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                }
            } catch (IOException _) {
                // The client went, or the test is over.
            }
        }
    }

    private static boolean readRequest(Socket socket) throws IOException {
        var in = socket.getInputStream();
        var head = readHead(in);
        if (head.isEmpty()) {
            return false;
        }
        var at = head.indexOf("content-length: ") + "content-length: ".length();
        in.readNBytes(Integer.parseInt(head.substring(at, head.indexOf("\r\n", at))));
        return true;
    }

    private static String readHead(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            var next = in.read();
            if (next < 0) {
                return "";
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
