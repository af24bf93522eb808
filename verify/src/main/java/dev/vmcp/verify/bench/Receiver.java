package dev.vmcp.verify.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/// What a host exports to, in each of its moods.
///
/// @param endpoint where it listens
/// @param ending ends it
record Receiver(String endpoint, Closeable ending) implements AutoCloseable {

    /// Nobody listens there.
    static final String NONE = "127.0.0.1:9";

    private static final byte[] NONSENSE =
            "\u0000\u00ff this is no protobuf ".repeat(64).getBytes(StandardCharsets.ISO_8859_1);

    /// Takes everything and says so.
    static Receiver well() throws IOException {
        return answering(200, new byte[0]);
    }

    static Receiver garbage() throws IOException {
        return answering(200, NONSENSE);
    }

    /// Takes connections and never answers.
    static Receiver hanging() throws IOException {
        var socket = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
        return new Receiver("127.0.0.1:" + socket.getLocalPort(), socket);
    }

    private static Receiver answering(int status, byte[] body) throws IOException {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newSingleThreadExecutor(Thread.ofVirtual().factory()));
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        exchange.getRequestBody().readAllBytes();
                        exchange.getResponseHeaders().set("content-type", "application/x-protobuf");
                        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
                        exchange.getResponseBody().write(body);
                    }
                });
        server.start();
        return new Receiver("127.0.0.1:" + server.getAddress().getPort(), () -> server.stop(0));
    }

    @Override
    public void close() throws IOException {
        ending.close();
    }
}
