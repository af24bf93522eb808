package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.vmcp.platform.http.WebReply;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One caller's large requests leave room for those of others, and those of callers who may not
/// call take none.
final class FairShareTest {
    private static final int ROOM = 1 << 20;
    private static final int SENT = 100_000;
    private static final int FIT = ROOM / 2 / SENT;
    private static final String SAY = "/test.Echo/Say";

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        for (var socket : sockets) {
            socket.close();
        }
    }

    /// Sends the head of a request for more than it goes on to send of its body.
    private Socket begun(Rig rig, String from, String path, int sent) throws IOException {
        var body = ("\"" + "x".repeat(sent - 1)).getBytes(StandardCharsets.ISO_8859_1);
        return begun(rig, from, path + ";application/json", body);
    }

    private Socket begun(Rig rig, String from, String pathAndType, byte[] body) throws IOException {
        var to = InetAddress.getLoopbackAddress();
        var socket = new Socket(to, rig.server.port(), InetAddress.ofLiteral(from), 0);
        sockets.add(socket);
        socket.setSoTimeout(30_000);
        var head =
                "POST %s HTTP/1.1\r\nhost: localhost\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n"
                        .formatted(
                                pathAndType.split(";", 2)[0],
                                pathAndType.split(";", 2)[1],
                                body.length + 1000);
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        return socket;
    }

    private static String status(Socket socket) throws IOException {
        return Wire.statusLine(socket);
    }

    private static Rig rig() {
        return new Rig(builder -> builder.bodyBudget(ROOM).messageLimit(ROOM));
    }

    @Test
    void oneAddressGetsHalfOfTheRoomAndAnotherTheRest() throws Exception {
        try (var rig = rig()) {
            for (int i = 0; i < FIT; i++) {
                begun(rig, "127.0.0.1", SAY, SENT);
            }
            assertThat(Rig.soon(() -> rig.server.heldBytes() == (long) FIT * SENT)).isTrue();

            assertThat(status(begun(rig, "127.0.0.1", SAY, SENT))).contains("429");
            assertThat(rig.server.refusedBodies()).isEqualTo(1);
            assertThat(rig.json("Say", "\"small\"").body()).isEqualTo("\"small\"");
            begun(rig, "127.0.0.2", SAY, SENT);
            begun(rig, "127.0.0.3", SAY, SENT);
            long all = (FIT + 2L) * SENT;
            assertThat(Rig.soon(() -> rig.server.heldBytes() == all)).isTrue();

            hangUp();
            assertThat(Rig.soon(() -> rig.server.heldBytes() == 0)).isTrue();
            for (int i = 0; i < FIT; i++) {
                begun(rig, "127.0.0.1", SAY, SENT);
            }
            assertThat(Rig.soon(() -> rig.server.heldBytes() == (long) FIT * SENT)).isTrue();
        }
    }

    @Test
    void aSingleRequestMayBeLargerThanTheShareOfItsCaller() throws Exception {
        try (var rig = rig()) {
            int large = ROOM / 2 + SENT;
            begun(rig, "127.0.0.1", SAY, large);
            assertThat(Rig.soon(() -> rig.server.heldBytes() == large)).isTrue();
            assertThat(status(begun(rig, "127.0.0.1", SAY, SENT))).contains("429");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/grpc-web"})
    void nextToNothingIsReadOfWhomItIsNotKnownWhetherTheyMayCall(String type) throws Exception {
        var gate = new Slow();
        try (var rig = new Rig(builder -> builder.bodyBudget(ROOM).intercept(gate))) {
            var message = Wire.envelopes(StringValue.of("x".repeat(SENT)));
            var part = Arrays.copyOf(message, SENT);
            var socket = begun(rig, "127.0.0.1", SAY + ";" + type, part);
            assertThat(gate.asked.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(Rig.soon(() -> rig.server.heldBytes() > 4096)).isTrue();
            var wait = new CountDownLatch(1);
            assertThat(wait.await(200, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(rig.server.heldBytes()).isLessThan(SENT / 2);
            gate.answer.countDown();
            assertThat(status(socket)).contains(type.endsWith("json") ? "401" : "200");
            assertThat(Rig.soon(() -> rig.server.heldBytes() == 0)).isTrue();
        }
    }

    /// Takes its time, and then refuses.
    private static final class Slow implements ServerInterceptor {
        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch answer = new CountDownLatch(1);

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            asked.countDown();
            try {
                assertThat(answer.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            call.close(Status.UNAUTHENTICATED, new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    @Test
    void plainHttpTakesNoBodyThatIsLargerThanItsOwnLimit() throws Exception {
        try (var rig =
                new Rig(builder ->
                        builder.bodyBudget(ROOM)
                                .routeLimit(4096)
                                .bodyTimeout(Duration.ofSeconds(30))
                                .route("/health", _ -> WebReply.text(200, "well")))) {
            assertThat(status(begun(rig, "127.0.0.1", "/health", SENT))).contains("429");
            assertThat(rig.server.heldBytes()).isZero();
            assertThat(rig.post("/health", "text/plain", body(4000)).body()).isEqualTo("well");
        }
    }

    private static BodyPublisher body(int bytes) {
        return BodyPublishers.ofString("x".repeat(bytes));
    }
}
