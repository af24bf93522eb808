package dev.vmcp.cli;

import com.google.protobuf.MessageLite;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;

/// A host on 127.0.0.1 that answers each call as it is told.
final class AnsweringHost implements AutoCloseable {
    /// Makes the answer to one request.
    interface Answer {
        MessageLite to(byte[] request) throws IOException;
    }

    private final HttpServer server;
    private volatile String authorization = "";

    AnsweringHost() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    void onVm(String method, Answer answer) {
        unary("/vmm.v1.VmService/" + method, answer);
    }

    void onHost(String method, Answer answer) {
        unary("/vmcp.host.v1.HostService/" + method, answer);
    }

    void onAccess(String method, Answer answer) {
        unary("/vmcp.host.v1.AccessService/" + method, answer);
    }

    /// The `Authorization` of the last call; empty where it had none.
    String authorization() {
        return authorization;
    }

    private void unary(String path, Answer answer) {
        server.createContext(
                path,
                exchange -> {
                    var shown = exchange.getRequestHeaders().getFirst("Authorization");
                    authorization = shown == null ? "" : shown;
                    var response = answer.to(exchange.getRequestBody().readAllBytes());
                    send(exchange, 200, "application/proto", response.toByteArray());
                });
    }

    void refuse(String method, int status, String json) {
        server.createContext(
                "/vmm.v1.VmService/" + method,
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    send(
                            exchange,
                            status,
                            "application/json",
                            json.getBytes(StandardCharsets.UTF_8));
                });
    }

    /// Answers with messages and a good end.
    void stream(String method, List<? extends MessageLite> messages) {
        server.createContext(
                "/vmcp.host.v1.HostService/" + method,
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    var all = new ByteArrayOutputStream();
                    for (var message : messages) {
                        all.writeBytes(envelope(0, message.toByteArray()));
                    }
                    all.writeBytes(envelope(2, "{}".getBytes(StandardCharsets.UTF_8)));
                    send(exchange, 200, "application/connect+proto", all.toByteArray());
                });
    }

    private static byte[] envelope(int flags, byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) flags)
                .putInt(message.length)
                .put(message)
                .array();
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().add("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
