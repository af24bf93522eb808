package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import dev.vmcp.platform.http.WebReply;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Slow callers of large requests fill no more memory than they are given, all together.
final class BodyBudgetTest {
    private static final int ROOM = 1 << 20;
    private static final int ROOM_OF_LARGE = ROOM - ROOM / 8;
    private static final int SENT = 200_000;
    private static final int FIT = ROOM_OF_LARGE / SENT;

    /// The addresses of this machine end with a digit.
    private static final String LOOPBACK = "127.0.0.";

    private static final String POST =
            "POST /test.Echo/Say HTTP/1.1;host: localhost;content-type: application/json;";
    private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)");

    private final List<Socket> callers = new ArrayList<>();
    private final Rig rig =
            new Rig(builder ->
                    builder.bodyBudget(ROOM)
                            .messageLimit(ROOM / 2)
                            .idleTimeout(Duration.ofSeconds(30))
                            .route("/put", request -> WebReply.text(200, "put")));

    @AfterEach
    void stop() throws IOException {
        hangUp();
        rig.close();
    }

    private void hangUp() throws IOException {
        for (var caller : callers) {
            caller.close();
        }
    }

    /// Sends the head of a request for more than it goes on to send of its body.
    private Socket begun(String path, String type, byte[] part) throws IOException {
        return begun(LOOPBACK + (1 + callers.size() % 4), path, type, part);
    }

    /// @param from who calls; each address is a caller
    private Socket begun(String from, String path, String type, byte[] part) throws IOException {
        var socket = begun(rig, from, path, type, part);
        callers.add(socket);
        return socket;
    }

    private static Socket begun(Rig rig, String from, String path, String type, byte[] part)
            throws IOException {
        var socket =
                new Socket(
                        InetAddress.getLoopbackAddress(),
                        rig.server.port(),
                        InetAddress.ofLiteral(from),
                        0);
        socket.setSoTimeout(30_000);
        var head =
                "POST %s HTTP/1.1\r\nhost: localhost\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n"
                        .formatted(path, type, part.length + 1000);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write(part);
        socket.getOutputStream().flush();
        return socket;
    }

    /// A part of a message of `SENT` bytes and some.
    private static byte[] part(String type) {
        var text = "x".repeat(SENT + 1000);
        var whole =
                type.endsWith("json")
                        ? ("\"" + text + "\"").getBytes(StandardCharsets.UTF_8)
                        : Wire.envelopes(StringValue.of(text));
        return Arrays.copyOf(whole, SENT);
    }

    /// The head and the body, whose length is said or which ends with an empty chunk.
    private static String answer(Socket socket) throws IOException {
        var in = socket.getInputStream();
        var head = Wire.head(in);
        var length = LENGTH.matcher(head);
        if (length.find()) {
            var body = in.readNBytes(Integer.parseInt(length.group(1)));
            return head + new String(body, StandardCharsets.ISO_8859_1);
        }
        var body = new StringBuilder();
        while (body.indexOf("\r\n0\r\n") < 0) {
            int c = in.read();
            assertThat(c).as("cut off after %s", body).isNotNegative();
            body.append((char) c);
        }
        return head + body;
    }

    @ParameterizedTest
    @CsvSource({
        "/test.Echo/Say, application/json, HTTP/1.1 429",
        "/put, application/json, HTTP/1.1 429",
        "/test.Echo/Say, application/grpc-web, HTTP/1.1 200",
        "/test.Echo/Watch, application/connect+proto, HTTP/1.1 200",
    })
    void whatDoesNotFitIsRefusedWithAHintAndOthersGoOn(String path, String type, String status)
            throws Exception {
        var part = part(type);
        for (int i = 0; i < FIT; i++) {
            begun(path, type, part);
        }
        assertThat(Rig.soon(() -> rig.server.heldBytes() == (long) FIT * SENT)).isTrue();

        for (int i = 0; i < 3; i++) {
            var refused = answer(begun(path, type, part));
            assertThat(refused)
                    .startsWith(status)
                    .contains("retry-after: 1", "connection: close", "too many large requests")
                    .containsPattern("resource_exhausted|grpc-status: 8");
            assertThat(rig.server.heldBytes()).isEqualTo((long) FIT * SENT);
        }
        assertThat(rig.json("Say", "\"small\"").body()).isEqualTo("\"small\"");
        var some = "\"" + "y".repeat(3000) + "\"";
        assertThat(rig.json("Say", some, "x-a", "b").body()).isEqualTo(some);
        assertThat(rig.get("/put").body()).isEqualTo("put");

        hangUp();
        assertThat(Rig.soon(() -> rig.server.heldBytes() == 0)).isTrue();
        assertThat(Rig.soon(() -> rig.server.openCalls() == 0)).isTrue();
        var large = "\"" + "z".repeat(SENT) + "\"";
        assertThat(rig.json("Say", large).body()).isEqualTo(large);
        // The answer may be here before the handler has returned.
        assertThat(Rig.soon(() -> rig.server.heldBytes() == 0)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"large\"", "boom", "broken", "taken", "\"wait\""})
    void allIsGivenBackWhenACallEnds(String text) throws Exception {
        var body = " ".repeat(SENT) + (text.startsWith("\"") ? text : "\"" + text + "\"");
        rig.json("Say", body, "connect-timeout-ms", "200");
        rig.post(
                "Say",
                "application/grpc-web+json",
                BodyPublishers.ofByteArray(Wire.envelope(0, body.getBytes(StandardCharsets.UTF_8))),
                "grpc-timeout",
                "200m");
        rig.json("Say", "x".repeat(SENT));
        rig.json("Say", "\"" + "x".repeat(ROOM));
        assertThat(Rig.soon(() -> rig.server.heldBytes() == 0)).isTrue();
    }

    @Test
    void aStreamOfHttp2IsRefusedAndItsConnectionServesOn() throws Exception {
        for (int i = 0; i < FIT; i++) {
            begun("/test.Echo/Say", "application/json", part("json"));
        }
        assertThat(Rig.soon(() -> rig.server.heldBytes() == (long) FIT * SENT)).isTrue();
        var client = WebClient.of("h2c://127.0.0.1:" + rig.server.port());
        for (var type : List.of("application/grpc", "application/json")) {
            var large = execute(client, type, "x".repeat(SENT));
            var told = large.trailers().get("grpc-status", large.contentUtf8());
            assertThat(told).containsPattern("^8$|resource_exhausted");
            assertThat(large.headers().get("retry-after")).isEqualTo("1");
            assertThat(execute(client, type, "y").status().code()).isEqualTo(200);
        }
        client.options().factory().close();
    }

    private static AggregatedHttpResponse execute(WebClient client, String type, String text)
            throws Exception {
        var body =
                type.endsWith("json")
                        ? ("\"" + text + "\"").getBytes(StandardCharsets.UTF_8)
                        : Wire.envelopes(StringValue.of(text));
        var head = RequestHeaders.of(HttpMethod.POST, "/test.Echo/Say", "content-type", type);
        return client.execute(HttpRequest.of(head, HttpData.wrap(body)))
                .aggregate()
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void whoMayNotCallIsToldSoWithoutFillingAnything() throws Exception {
        try (var closed = new Rig(builder -> builder.bodyBudget(ROOM).intercept(new Refusing()));
                var socket =
                        begun(
                                closed,
                                "127.0.0.1",
                                "/test.Echo/Say",
                                "application/json",
                                part("json"))) {
            assertThat(answer(socket)).startsWith("HTTP/1.1 401").contains("connection: close");
            assertThat(closed.server.heldBytes()).isZero();
        }
    }

    private static final class Refusing implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            call.close(Status.UNAUTHENTICATED, new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    @Test
    void aCallHoldsItsRequestUntilItsHandlerReturns() throws Exception {
        var body = (" ".repeat(SENT) + "\"wait\"").getBytes(StandardCharsets.UTF_8);
        try (var socket = Wire.open(rig.server.port(), POST.replace(";", "\r\n"), body)) {
            assertThat(Rig.soon(() -> rig.server.heldBytes() == body.length)).isTrue();
            assertThat(socket.isConnected()).isTrue();
        }
        assertThat(Rig.soon(() -> rig.server.heldBytes() == 0)).isTrue();
        assertThat(Rig.soon(() -> rig.echo.cancelled.get() == 1)).isTrue();
    }

    @Test
    void aBodyThatBreaksOffIsGivenBack() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), rig.server.port())) {
            socket.setSoTimeout(30_000);
            var request = POST + "transfer-encoding: chunked;;5;\"abcd;no chunk;";
            var bytes = request.replace(";", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
            socket.getOutputStream().write(bytes);
            assertThat(Wire.head(socket.getInputStream())).startsWith("HTTP/1.1 400");
        }
        assertThat(Rig.soon(() -> rig.server.openCalls() == 0)).isTrue();
        assertThat(rig.server.heldBytes()).isZero();
    }

    @Test
    void whatIsExpandedCounts() throws Exception {
        var plain = ("\"" + "x".repeat(SENT) + "\"").getBytes(StandardCharsets.UTF_8);
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        assertThat(packed(packed.toByteArray()).statusCode()).isEqualTo(200);
        for (int i = 0; i < FIT; i++) {
            begun("/test.Echo/Say", "application/json", part("json"));
        }
        assertThat(Rig.soon(() -> rig.server.heldBytes() == (long) FIT * SENT)).isTrue();

        var refused = packed(packed.toByteArray());
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).contains("1");
        var query =
                "/test.Echo/Say?connect=v1&encoding=json&compression=gzip&base64=1&message="
                        + Base64.getUrlEncoder().encodeToString(packed.toByteArray());
        assertThat(rig.get(query).statusCode()).isEqualTo(429);
        hangUp();
        assertThat(Rig.soon(() -> rig.server.heldBytes() == 0)).isTrue();
        assertThat(rig.get(query).statusCode()).isEqualTo(200);
    }

    private HttpResponse<byte[]> packed(byte[] body) throws Exception {
        return rig.bytes("Say", "application/json", body, "content-encoding", "gzip");
    }
}
