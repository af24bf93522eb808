package dev.vmcp.platform.rpc;

import dev.vmcp.platform.rpc.call.CallRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/// A started server with the echo service, and a plain HTTP client for it.
final class Rig implements AutoCloseable {
    final EchoService echo = new EchoService();
    final Queue<CallRecord> ended = new ConcurrentLinkedQueue<>();
    final RpcServer server;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Rig() {
        this(builder -> builder);
    }

    Rig(UnaryOperator<RpcServerBuilder> more) {
        var builder =
                RpcServer.builder().bind("127.0.0.1", 0).service(echo.bind()).observer(ended::add);
        server = more.apply(builder).build();
        server.start();
    }

    HttpResponse<String> json(String method, String body, String... headers)
            throws IOException, InterruptedException {
        return post(method, "application/json", BodyPublishers.ofString(body), headers);
    }

    HttpResponse<String> post(String method, String type, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(
                                uri(method.startsWith("/") ? method : "/test.Echo/" + method))
                        .header("content-type", type)
                        .timeout(Duration.ofSeconds(30))
                        .POST(body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<byte[]> bytes(String method, String type, byte[] body, String... headers)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(
                                uri(method.startsWith("/") ? method : "/test.Echo/" + method))
                        .header("content-type", type)
                        .timeout(Duration.ofSeconds(30))
                        .POST(BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<String> get(String pathAndQuery) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(pathAndQuery)).timeout(Duration.ofSeconds(30));
        return http.send(request.build(), BodyHandlers.ofString());
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    /// Waits until something holds, 20 s at most.
    static boolean soon(BooleanSupplier condition) throws InterruptedException {
        var wait = new CountDownLatch(1);
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
            var _ = wait.await(5, TimeUnit.MILLISECONDS);
        }
        return condition.getAsBoolean();
    }

    @Override
    public void close() {
        try {
            server.stop(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.shutdownNow();
    }
}
