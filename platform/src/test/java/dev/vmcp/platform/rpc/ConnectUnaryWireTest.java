package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.vmcp.platform.rpc.call.CallRecord;
import dev.vmcp.platform.rpc.call.RpcProtocol;
import dev.vmcp.platform.rpc.codec.Gzip;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectUnaryWireTest {
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = new Rig(builder -> builder.messageLimit(100_000));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void aJsonBodyIsAnsweredInJson() throws Exception {
        var answer = rig.json("Describe", "\"hello\"");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);

        var described = rig.json("Describe", "{\"api\":{\"service\":\"s\"}}");
        assertThat(described.statusCode()).isEqualTo(200);
        assertThat(described.body()).isEqualTo("{\"api\":{\"service\":\"s\"}}");
        assertThat(described.headers().firstValue("content-type")).hasValue("application/json");
    }

    @Test
    void snakeCaseAndUnknownFieldsAreTaken() throws Exception {
        var answer =
                rig.json(
                        "Describe",
                        "{\"request\":{\"url_path\":1,\"time\":\"2026-01-01T00:00:00Z\"},\"no\":[{}],"
                                + "\"source\":{\"labels\":{\"a\":\"b\"},\"nowhere\":1}}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .contains("\"labels\":{\"a\":\"b\"}")
                .contains("2026-01-01T00:00:00Z")
                .doesNotContain("no");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "{",
                "{} trailing",
                "{}{}",
                "{} // comment",
                "/* comment */ {}",
                "{'api':{}}",
                "{api:{}}",
                "{\"api\":{},}",
                "{\"api\":{},\"api\":{}}",
                "{\"api\":NaN}",
                "{\"api\":[]}",
                "{\"api\":{\"service\":\"\\ud8\"}}",
                "{\"source\":{\"port\":7.5}}",
                "{\"source\":{\"port\":\"x\"}}",
                "{\"source\":{\"port\":1e999}}",
                "{\"source\":{\"labels\":{\"a\":null}}}",
                "{\"request\":{\"time\":\"yesterday\"}}",
            })
    void hostileJsonIsAnInvalidArgument(String body) throws Exception {
        var answer = rig.json("Describe", body);

        assertThat(answer.body()).startsWith("{\"code\":\"invalid_argument\",\"message\":\"");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    }

    @Test
    void deepJsonIsAnInvalidArgument() throws Exception {
        for (int depth : new int[] {70, 10_000, 49_000}) {
            var answer =
                    rig.json("Describe", "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}");

            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("nested deeper than");
        }
    }

    @Test
    void anInvalidUtf8BodyIsAnInvalidArgument() throws Exception {
        var body = "{\"api\":{\"service\":\"\u00ff\"}}".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(rig.bytes("Describe", "application/json", body).statusCode()).isEqualTo(400);
    }

    @Test
    void theWrongFieldIsNamed() throws Exception {
        var answer = rig.json("Describe", "{\"source\":{\"port\":true},\"other\":1}");

        assertThat(answer.body()).contains("field source.port: ");
    }

    @Test
    void anEmptyProtoBodyIsAnEmptyMessage() throws Exception {
        var answer = rig.bytes("Say", "application/proto", new byte[0]);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void garbageInsteadOfProtoIsAnInvalidArgument() throws Exception {
        assertThat(rig.bytes("Say", "application/proto", new byte[] {-1, -1, 3}).statusCode())
                .isEqualTo(400);
    }

    @Test
    void aBodyOfTheLimitPassesAndALargerOneDoesNot() throws Exception {
        var fits = StringValue.of("x".repeat(100_000 - 4)).toByteArray();
        assertThat(fits).hasSize(100_000);

        assertThat(rig.bytes("Say", "application/proto", fits).statusCode()).isEqualTo(200);
        for (int size : new int[] {100_001, 300_000, 20_000_000}) {
            var answer =
                    rig.post(
                            "Say", "application/proto", BodyPublishers.ofByteArray(new byte[size]));
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.body()).contains("resource_exhausted");
        }
    }

    @Test
    void aLargeBodyOfUnknownLengthIsResourceExhausted() throws Exception {
        var body = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[400_000]));

        var answer = rig.post("Say", "application/proto", body);

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body()).contains("resource_exhausted");
    }

    @Test
    void aCompressedBombIsResourceExhausted() throws Exception {
        var bomb = Gzip.compress(new byte[50_000_000]);
        assertThat(bomb.length).isLessThan(100_000);

        var answer = rig.bytes("Say", "application/proto", bomb, "content-encoding", "gzip");

        assertThat(answer.statusCode()).isEqualTo(429);
    }

    @Test
    void anUnknownEncodingIsUnimplementedAndNamesTheKnown() throws Exception {
        var answer = rig.json("Say", "{}", "content-encoding", "br");

        assertThat(answer.statusCode()).isEqualTo(501);
        assertThat(answer.body()).contains("unimplemented", "gzip");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1s", "", "12345678901", "0x10", "1.5"})
    void aBadTimeoutIsAnInvalidArgument(String timeout) throws Exception {
        var answer = rig.json("Describe", "{}", "connect-timeout-ms", timeout);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("connect-timeout-ms");
    }

    @Test
    void aDeadlineEndsTheCallAndItsContext() throws Exception {
        int before = rig.echo.cancelled.get();

        var wait = StringValue.of("wait").toByteArray();
        var answer = rig.bytes("Say", "application/proto", wait, "connect-timeout-ms", "50");

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(Rig.soon(() -> rig.echo.cancelled.get() == before + 1)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"boom", "broken"})
    void anUnexpectedExceptionTellsNothingButTheRequestId(String word) throws Exception {
        var body = StringValue.of(word).toByteArray();

        var answer = rig.bytes("Say", "application/proto", body, "x-request-id", "my-id.1");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"code\":\"internal\",\"message\":\"internal error (request id my-id.1)\"}");
    }

    @Test
    void detailsTravelWithTheError() throws Exception {
        var answer = rig.bytes("Say", "application/proto", StringValue.of("taken").toByteArray());

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"code\":\"already_exists\",\"message\":\"name \\\"ä\\\" is taken\","
                                + "\"details\":[{\"type\":\"google.rpc.BadRequest\",\"value\":\"\"}]}");
        assertThat(answer.headers().map()).doesNotContainKey("trailer-grpc-status-details-bin");
    }

    @Test
    void aSaneRequestIdIsKeptAndAnotherIsReplaced() throws Exception {
        var body = StringValue.of("id").toByteArray();

        var kept = rig.bytes("Say", "application/proto", body, "x-request-id", "a-1");
        var replaced = rig.bytes("Say", "application/proto", body, "x-request-id", "a b\"");

        assertThat(StringValue.parseFrom(kept.body()).getValue()).isEqualTo("a-1");
        assertThat(kept.headers().firstValue("x-request-id")).hasValue("a-1");
        assertThat(StringValue.parseFrom(replaced.body()).getValue()).matches("[0-9a-f]{16}");
    }

    @ParameterizedTest
    @CsvSource({
        "application/xml,415",
        "application/connect+json,415",
        "text/plain,415",
        "application/json; charset=utf-8,200",
        "Application/JSON,200",
        "application/grpc,505"
    })
    void theContentTypeDecides(String type, int status) throws Exception {
        assertThat(rig.post("Describe", type, BodyPublishers.ofString("{}")).statusCode())
                .isEqualTo(status);
    }

    @Test
    void eachCallIsObservedOnce() throws Exception {
        rig.ended.clear();

        assertThat(rig.json("Describe", "{}", "x-request-id", "seen").statusCode()).isEqualTo(200);

        assertThat(Rig.soon(() -> !rig.ended.isEmpty())).isTrue();
        assertThat(rig.ended)
                .singleElement()
                .satisfies((CallRecord call) -> {
                    assertThat(call.procedure()).isEqualTo("test.Echo/Describe");
                    assertThat(call.protocol()).isEqualTo(RpcProtocol.CONNECT);
                    assertThat(call.code()).isEqualTo(Status.Code.OK);
                    assertThat(call.requestId()).isEqualTo("seen");
                });
    }
}
