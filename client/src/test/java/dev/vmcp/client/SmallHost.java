package dev.vmcp.client;

import com.google.protobuf.MessageLite;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/// A server on 127.0.0.1 that answers as a host does, by the JDK's own HTTP server.
final class SmallHost implements AutoCloseable {
    final List<String> connections = Collections.synchronizedList(new ArrayList<>());
    private final HttpServer server;
    private final String scheme;

    private SmallHost(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    static SmallHost plain() throws IOException {
        return new SmallHost(HttpServer.create(loopback(), 0), "http");
    }

    static SmallHost tls(SSLContext context, boolean clientMustShowItself) throws IOException {
        var server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(context) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        var wanted = context.getDefaultSSLParameters();
                        wanted.setNeedClientAuth(clientMustShowItself);
                        parameters.setSSLParameters(wanted);
                    }
                });
        return new SmallHost(server, "https");
    }

    Endpoint endpoint() {
        return Endpoint.parse(scheme + "://127.0.0.1:" + server.getAddress().getPort());
    }

    void on(String path, HttpHandler handler) {
        server.createContext(
                path,
                exchange -> {
                    connections.add(exchange.getRemoteAddress().toString());
                    try (exchange) {
                        handler.handle(exchange);
                    }
                });
    }

    static void answer(HttpExchange exchange, MessageLite message) throws IOException {
        send(exchange, 200, "application/proto", message.toByteArray());
    }

    static void error(HttpExchange exchange, int status, String json) throws IOException {
        send(exchange, status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    static void send(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    /// Starts a stream; the caller writes envelopes.
    static OutputStream stream(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", "application/connect+proto");
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    static byte[] envelope(int flags, byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) flags)
                .putInt(message.length)
                .put(message)
                .array();
    }

    static byte[] end(String json) {
        return envelope(2, json.getBytes(StandardCharsets.UTF_8));
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
