package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GrpcWireTest {
    private static final StringValue HI = StringValue.of("hi");
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = new Rig(builder -> builder.messageLimit(1000));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static AggregatedHttpResponse call(
            String protocol, String path, String type, byte[] body, String... header) {
        var headers = RequestHeaders.builder(HttpMethod.POST, path).add("content-type", type);
        if (header.length == 2) {
            headers.add(header[0], header[1]);
        }
        return WebClient.of(protocol + "://127.0.0.1:" + rig.server.port())
                .execute(HttpRequest.of(headers.build(), HttpData.wrap(body)))
                .aggregate()
                .join();
    }

    private static AggregatedHttpResponse grpc(byte[] body, String... header) {
        return call("h2c", "/test.Echo/Say", "application/grpc", body, header);
    }

    @Test
    void aUnaryCallEndsInTrailers() throws Exception {
        var answer = grpc(Wire.envelopes(HI));

        assertThat(answer.headers().status().code()).isEqualTo(200);
        assertThat(answer.headers().get("content-type")).isEqualTo("application/grpc");
        assertThat(answer.content().array()).isEqualTo(Wire.envelopes(HI));
        assertThat(answer.trailers().get("grpc-status")).isEqualTo("0");
    }

    @Test
    void aTwoWayStreamAnswersEachMessage() throws Exception {
        var body = Wire.envelopes(HI, HI, StringValue.of("x"));

        var answer = call("h2c", "/test.Echo/Both", "application/grpc+proto", body);

        assertThat(answer.content().array()).isEqualTo(body);
        assertThat(answer.trailers().get("grpc-status")).isEqualTo("0");
    }

    @Test
    void oneMessageNoMoreNoLess() throws Exception {
        assertThat(grpc(new byte[0]).trailers().get("grpc-status")).isEqualTo("12");
        assertThat(grpc(Wire.envelopes(HI, HI)).trailers().get("grpc-status")).isEqualTo("12");
    }

    @Test
    void whatIsNoMessageIsRefused() throws Exception {
        var huge = new byte[] {0, 127, -1, -1, -1};

        assertThat(grpc(huge).trailers().get("grpc-status")).isEqualTo("8");
        assertThat(grpc(new byte[] {0, -1, -1, -1, -1}).trailers().get("grpc-status"))
                .isEqualTo("8");
        assertThat(grpc(new byte[] {0, 0}).trailers().get("grpc-status")).isEqualTo("3");
        assertThat(grpc(new byte[] {0, 0, 0, 0, 9, 1}).trailers().get("grpc-status"))
                .isEqualTo("3");
        assertThat(grpc(Wire.envelope(1, new byte[3])).trailers().get("grpc-status"))
                .isEqualTo("13");
        assertThat(grpc(Wire.envelope(64, new byte[3])).trailers().get("grpc-status"))
                .isEqualTo("3");
        assertThat(
                        grpc(Wire.envelope(1, new byte[3]), "grpc-encoding", "gzip")
                                .trailers()
                                .get("grpc-status"))
                .isEqualTo("3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "S", "123456789S", "1x", "-1S"})
    void aBadTimeoutIsAnInvalidArgument(String timeout) throws Exception {
        var answer = grpc(Wire.envelopes(HI), "grpc-timeout", timeout);

        assertThat(answer.trailers().get("grpc-status")).isEqualTo("3");
        assertThat(answer.trailers().get("grpc-message")).contains("grpc-timeout");
    }

    @Test
    void aPassedDeadlineIsSaid() throws Exception {
        var answer = grpc(Wire.envelopes(StringValue.of("wait")), "grpc-timeout", "50m");

        assertThat(answer.trailers().get("grpc-status")).isEqualTo("4");
    }

    @Test
    void messagesOfErrorsAreEscaped() throws Exception {
        var answer = grpc(Wire.envelopes(StringValue.of("taken")));

        assertThat(answer.trailers().get("grpc-status")).isEqualTo("6");
        assertThat(answer.trailers().get("grpc-message")).isEqualTo("name \"%C3%A4\" is taken");
        assertThat(answer.trailers().contains("grpc-status-details-bin")).isTrue();
    }

    @Test
    void anUnknownMethodIsUnimplemented() throws Exception {
        var answer = call("h2c", "/test.Echo/Nothing", "application/grpc", Wire.envelopes(HI));

        assertThat(answer.headers().get("grpc-status")).isEqualTo("12");
    }

    @ParameterizedTest
    @CsvSource({"h1c", "h2c"})
    void webCallsEndInALastEnvelope(String protocol) throws Exception {
        var answer = call(protocol, "/test.Echo/Say", "application/grpc-web", Wire.envelopes(HI));

        var body = new String(answer.content().array(), StandardCharsets.ISO_8859_1);
        assertThat(body).startsWith("\0\0\0\0\4\n\2hi\u0080").endsWith("grpc-status: 0\r\n");
    }

    @Test
    void webTextIsBase64BothWays() throws Exception {
        var encoder = Base64.getEncoder();
        var one = Wire.envelopes(HI);
        var whole = encoder.encodeToString(one);
        var inPieces =
                encoder.encodeToString(new byte[] {one[0], one[1]})
                        + encoder.encodeToString(Arrays.copyOfRange(one, 2, one.length));
        for (var body : new String[] {whole, inPieces}) {
            var answer =
                    call(
                            "h1c",
                            "/test.Echo/Say",
                            "application/grpc-web-text",
                            body.getBytes(StandardCharsets.US_ASCII));

            var text = answer.contentUtf8();
            assertThat(answer.headers().get("content-type")).isEqualTo("application/grpc-web-text");
            assertThat(text).startsWith(whole);
            assertThat(
                            new String(
                                    Base64.getDecoder().decode(text.substring(whole.length())),
                                    StandardCharsets.UTF_8))
                    .endsWith("grpc-status: 0\r\n");
        }
    }
}
