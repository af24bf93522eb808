package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import dev.vmcp.platform.http.WebReply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Callers who send slowly or not at all hold nothing for long.
final class SlowRequestTest {
    private static final Duration LIMIT = Duration.ofMillis(500);
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig =
                new Rig(builder ->
                        builder.bodyTimeout(LIMIT)
                                .idleTimeout(LIMIT)
                                .route("/put", request -> WebReply.text(200, "put")));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static Socket begun(String head) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), rig.server.port());
        socket.setSoTimeout(30_000);
        write(socket, head.replace(";", "\r\n"));
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static String untilTheEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "/test.Echo/Say, application/json, HTTP/1.1 504, deadline_exceeded",
        "/put, text/plain, HTTP/1.1 408, deadline_exceeded",
        "/test.Echo/Say, application/grpc-web, HTTP/1.1 200, grpc-status: 4",
        "/test.Echo/Watch, application/connect+proto, HTTP/1.1 200, deadline_exceeded",
    })
    void aBodyThatDoesNotArriveEndsTheCallAndTheConnection(
            String path, String type, String status, String code) throws Exception {
        var head = "POST " + path + " HTTP/1.1;host: localhost;content-type: " + type;
        try (var socket = begun(head + ";content-length: 100;;")) {
            write(socket, "\0\0\0");
            assertThat(untilTheEnd(socket))
                    .startsWith(status)
                    .contains("connection: close")
                    .contains(code);
        }
        assertThat(rig.server.openCalls()).isZero();
    }

    @Test
    void aBodyThatComesByteByByteIsNoBetter() throws Exception {
        var head = "POST /test.Echo/Say HTTP/1.1;host: localhost;content-type: application/json";
        try (var socket = begun(head + ";content-length: 100000;;")) {
            dribble(socket);
            assertThat(untilTheEnd(socket)).startsWith("HTTP/1.1 504");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "P",
                "POST /test.Echo/Say HTTP/1.1;host: localhost;content-ty",
            })
    void aHeadThatDoesNotArriveEndsTheConnection(String part) throws Exception {
        try (var socket = begun(part)) {
            dribble(socket);
            assertThat(untilTheEnd(socket)).isEmpty();
        }
    }

    @Test
    void aConnectionWithoutACallIsClosed() throws Exception {
        try (var socket = begun("GET /nothing HTTP/1.1;host: localhost;;")) {
            assertThat(untilTheEnd(socket)).startsWith("HTTP/1.1 404");
        }
    }

    /// One byte now and then, until the other side has hung up or answered.
    private static void dribble(Socket socket) throws Exception {
        var pause = new CountDownLatch(1);
        for (int i = 0; i < 1000 && socket.getInputStream().available() == 0; i++) {
            var _ = pause.await(20, TimeUnit.MILLISECONDS);
            try {
                write(socket, "a");
            } catch (IOException _) {
                return;
            }
        }
    }

    /// An open call of a stream of messages.
    private record Open(HttpRequestWriter request, CompletableFuture<AggregatedHttpResponse> end) {
        static Open both() {
            var request =
                    HttpRequest.streaming(
                            RequestHeaders.of(
                                    HttpMethod.POST,
                                    "/test.Echo/Both",
                                    "content-type",
                                    "application/grpc"));
            var end =
                    WebClient.of("h2c://127.0.0.1:" + rig.server.port())
                            .execute(request)
                            .aggregate();
            return new Open(request, end);
        }

        void send(byte[] bytes) {
            request.write(HttpData.wrap(bytes));
        }

        String status() throws Exception {
            var answer = end.get(30, TimeUnit.SECONDS);
            return answer.trailers().get("grpc-status", status(answer.headers()));
        }

        private static String status(ResponseHeaders headers) {
            return headers.get("grpc-status", "none");
        }
    }

    @Test
    void aStreamMayBeSilentBetweenMessages() throws Exception {
        var message = Wire.envelopes(StringValue.of("hi"));
        var call = Open.both();
        call.send(message);
        var _ = new CountDownLatch(1).await(3 * LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        call.send(message);
        call.request().close();

        assertThat(call.status()).isEqualTo("0");
        assertThat(call.end().join().content().length()).isEqualTo(2 * message.length);
    }

    @Test
    void aStreamMayNotBeSilentWithinAMessage() throws Exception {
        var message = Wire.envelopes(StringValue.of("hi"));
        var call = Open.both();
        call.send(message);
        call.send(Arrays.copyOf(message, message.length - 1));

        assertThat(call.status()).isEqualTo("4");
    }
}
