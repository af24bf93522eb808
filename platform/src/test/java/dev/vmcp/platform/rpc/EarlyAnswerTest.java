package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is answered before the request is there waits for it, so that no caller meets an answer, or
/// the end of the connection, in the midst of its writing.
final class EarlyAnswerTest {
    private static final byte[] BODY = Wire.envelopes(StringValue.of("x".repeat(100)));

    /// Safely less than the server waits for the rest of a request.
    private static final Duration LOOK = Duration.ofMillis(400);

    private static final int TRIES = 20;
    private static Rig rig;

    /// All calls are refused as soon as they begin.
    @BeforeAll
    static void start() {
        rig =
                new Rig(builder ->
                        builder.intercept(
                                new io.grpc.ServerInterceptor() {
                                    @Override
                                    public <Q, R> ServerCall.Listener<Q> interceptCall(
                                            ServerCall<Q, R> call,
                                            Metadata headers,
                                            io.grpc.ServerCallHandler<Q, R> next) {
                                        call.close(Status.UNIMPLEMENTED, new Metadata());
                                        return new ServerCall.Listener<>() {};
                                    }
                                }));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static Socket begun(String path, String headers) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), rig.server.port());
        socket.setSoTimeout(30_000);
        var head = "POST " + path + " HTTP/1.1;host: localhost;" + headers + ";;";
        write(socket, head.replace(";", "\r\n"));
        return socket;
    }

    private static Socket begun(String path, String headers, int length) throws IOException {
        return begun(path, headers + ";content-length: " + length);
    }

    private static void write(Socket socket, String text) throws IOException {
        write(socket, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void write(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    @ParameterizedTest
    @CsvSource({
        "/test.Echo/Say, content-type: application/grpc-web+json, 200",
        "/test.Echo/Say, content-type: application/grpc-web-text, 200",
        "/test.Echo/Watch, content-type: application/connect+proto, 200",
        "/test.Echo/Say, content-type: application/grpc-web;grpc-encoding: br, 200",
        "/test.Echo/Say, content-type: application/grpc, 505",
        "/test.Echo/Watch, content-type: text/html, 415",
        "/test.Echo/Say, content-type: application/grpc-web;origin: http://elsewhere, 403",
        "/test.Echo/None, content-type: application/grpc-web, 404",
    })
    void overHttp1TheAnswerWaitsForTheRequest(String path, String headers, int status)
            throws Exception {
        for (int i = 0; i < TRIES; i++) {
            long began = System.nanoTime();
            try (var socket = begun(path, headers, BODY.length)) {
                write(socket, Arrays.copyOf(BODY, BODY.length / 2));
                var _ = new CountDownLatch(1).await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                boolean answered = socket.getInputStream().available() > 0;
                if (System.nanoTime() - began > 2 * LOOK.toNanos()) {
                    // A machine this slow shows nothing: the server may have waited long enough.
                    continue;
                }
                assertThat(answered).as("answered in the midst of the request").isFalse();
                write(socket, Arrays.copyOfRange(BODY, BODY.length / 2, BODY.length));
                var head = Wire.head(socket.getInputStream());
                assertThat(head).startsWith("HTTP/1.1 " + status);
                assertThat(head.contains("connection: close")).isEqualTo(status == 505);
                return;
            }
        }
        throw new AssertionError("the machine is too slow to tell");
    }

    @Test
    void theConnectionServesTheNextRequest() throws Exception {
        try (var socket = begun("/test.Echo/None", "content-type: text/plain", 4)) {
            write(socket, "abcd");
            var in = socket.getInputStream();
            assertThat(Wire.head(in)).startsWith("HTTP/1.1 404");
            assertThat(in.readNBytes(1)).isEqualTo(new byte[] {'{'});
            write(socket, "GET /nothing HTTP/1.1\r\nhost: localhost\r\n\r\n");
            assertThat(Wire.head(in)).contains("HTTP/1.1 404");
        }
    }

    @Test
    void overHttp2TheAnswerWaitsForTheRequest() throws Exception {
        for (int i = 0; i < TRIES; i++) {
            long began = System.nanoTime();
            var request =
                    HttpRequest.streaming(
                            RequestHeaders.of(
                                    HttpMethod.POST,
                                    "/test.Echo/Say",
                                    "content-type",
                                    "application/grpc"));
            var answer =
                    WebClient.of("h2c://127.0.0.1:" + rig.server.port())
                            .execute(request)
                            .aggregate();
            request.write(HttpData.copyOf(BODY, 0, BODY.length / 2));
            var _ = new CountDownLatch(1).await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            boolean answered = answer.isDone();
            if (System.nanoTime() - began > 2 * LOOK.toNanos()) {
                request.close();
                continue;
            }
            assertThat(answered).as("answered in the midst of the request").isFalse();
            request.write(HttpData.copyOf(BODY, BODY.length / 2, BODY.length - BODY.length / 2));
            request.close();
            assertThat(answer.get(30, TimeUnit.SECONDS).trailers().get("grpc-status", ""))
                    .isEqualTo("12");
            return;
        }
        throw new AssertionError("the machine is too slow to tell");
    }

    @Test
    void aCallerWhoGoesSilentIsAnsweredAndHungUpOn() throws Exception {
        try (var socket =
                begun("/test.Echo/Say", "content-type: application/grpc-web", BODY.length)) {
            write(socket, Arrays.copyOf(BODY, 7));
            var in = socket.getInputStream();
            assertThat(Wire.head(in)).startsWith("HTTP/1.1 200").contains("connection: close");
            assertThat(text(in)).contains("grpc-status: 12");
        }
    }

    @Test
    void aCallerWithNoEndIsAnsweredAndHungUpOn() throws Exception {
        try (var socket =
                begun(
                        "/test.Echo/Say",
                        "content-type: application/grpc-web;transfer-encoding: chunked")) {
            var writer = Thread.ofVirtual().start(() -> writeUntilHungUp(socket));
            var in = socket.getInputStream();
            assertThat(Wire.head(in)).startsWith("HTTP/1.1 200").contains("connection: close");
            // Refused by the handler, or because what it sends is no message: whichever is seen
            // first.
            assertThat(new String(in.readNBytes(26), StandardCharsets.ISO_8859_1))
                    .containsPattern("grpc-status: (12|3)");
            assertThat(writer.join(Duration.ofSeconds(30))).as("hung up on").isTrue();
        }
    }

    private static void writeUntilHungUp(Socket socket) {
        var chunk = "1000\r\n" + "x".repeat(0x1000) + "\r\n";
        try {
            while (true) {
                write(socket, chunk);
            }
        } catch (IOException _) {
            return;
        }
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
