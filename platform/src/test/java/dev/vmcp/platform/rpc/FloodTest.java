package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.TlsKeyPair;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Heads without an end, and handshakes that do not go on, end the connection and cost little.
final class FloodTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final long MOST_TAKEN = 16L << 20;
    private static final byte HEADERS = 1;
    private static final byte SETTINGS = 4;
    private static final byte CONTINUATION = 9;

    /// Sends the same again and again; returns how many bytes were taken until the other side ended
    /// the connection.
    private static long taken(Rig rig, byte[] begin, byte[] more) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), rig.server.port())) {
            socket.setSoTimeout(30_000);
            var ended = new AtomicBoolean();
            Thread.ofVirtual()
                    .start(() -> {
                        drain(socket);
                        ended.set(true);
                    });
            long taken = 0;
            var out = socket.getOutputStream();
            try {
                out.write(begin);
                while (!ended.get() && taken < MOST_TAKEN) {
                    out.write(more);
                    taken += more.length;
                }
            } catch (IOException _) {
                return taken;
            }
            return taken;
        }
    }

    private static void drain(Socket socket) {
        try {
            var _ = socket.getInputStream().readAllBytes();
        } catch (IOException _) {
            // Ended by the other side, too.
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void headersWithoutEndEndTheConnection() throws Exception {
        try (var rig = new Rig()) {
            var begin = ascii("GET /none HTTP/1.1\r\nhost: localhost\r\n");
            assertThat(taken(rig, begin, ascii("x-a: b\r\n".repeat(500)))).isLessThan(MOST_TAKEN);
            assertThat(taken(rig, begin, ascii("y".repeat(4000)))).isLessThan(MOST_TAKEN);
            assertThat(taken(rig, ascii("GET /"), ascii("a".repeat(4000)))).isLessThan(MOST_TAKEN);
            assertThat(rig.json("Describe", "{}").statusCode()).isEqualTo(200);
        }
    }

    private static byte[] frame(byte type, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put(type)
                .put((byte) 0)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /// A header of HPACK that is in no table.
    private static byte[] literal(int valueLength) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 1, 'x', (byte) valueLength});
        out.writeBytes(ascii("v".repeat(valueLength)));
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100})
    void aHeadOfContinuationsWithoutEndEndsTheConnection(int valueLength) throws Exception {
        try (var rig = new Rig()) {
            var begin = new ByteArrayOutputStream();
            begin.writeBytes(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
            begin.writeBytes(frame(SETTINGS, 0, new byte[0]));
            begin.writeBytes(frame(HEADERS, 1, literal(1)));
            var payload = valueLength == 0 ? new byte[0] : literal(valueLength);
            var more = frame(CONTINUATION, 1, payload);
            var many = new ByteArrayOutputStream();
            for (int i = 0; i < 100; i++) {
                many.writeBytes(more);
            }
            assertThat(taken(rig, begin.toByteArray(), many.toByteArray())).isLessThan(MOST_TAKEN);
            assertThat(rig.json("Describe", "{}").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "16", "160301020001"})
    void aHandshakeThatDoesNotGoOnEndsTheConnection(String begun) throws Exception {
        var pair = TlsKeyPair.ofSelfSigned("localhost");
        var settings =
                TlsSettings.of(
                        pem("CERTIFICATE", pair.certificateChain().getFirst().getEncoded()),
                        pem("PRIVATE KEY", pair.privateKey().getEncoded()));
        try (var rig = new Rig(builder -> builder.tls(settings).idleTimeout(LIMIT));
                var socket = new Socket(InetAddress.getLoopbackAddress(), rig.server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(HexFormat.of().parseHex(begun));
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
    }

    private static byte[] pem(String what, byte[] encoded) {
        var body = Base64.getMimeEncoder().encodeToString(encoded);
        return ascii("-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n");
    }

    @Test
    void aKeyThatIsNotThatOfTheCertificateIsRefused() throws Exception {
        var one = TlsKeyPair.ofSelfSigned("localhost");
        var other = TlsKeyPair.ofSelfSigned("localhost");
        var certificate = pem("CERTIFICATE", one.certificateChain().getFirst().getEncoded());
        assertThat(
                        Arrays.asList(
                                refusal(
                                        certificate,
                                        pem("PRIVATE KEY", other.privateKey().getEncoded())),
                                refusal(certificate, ascii("nothing")),
                                refusal(
                                        ascii("nothing"),
                                        pem("PRIVATE KEY", one.privateKey().getEncoded()))))
                .doesNotContain("")
                .contains("the key is not that of the certificate");
    }

    private static String refusal(byte[] certificate, byte[] key) {
        try {
            var material = TlsMaterial.of(TlsSettings.of(certificate, key));
            return material.roots().isEmpty() ? "" : material.subject();
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
