package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectGetTest {
    private static final String SAY = "/test.Echo/Say";
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = new Rig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6_000, 9_000, 40_000})
    void aMessageInTheUrlIsServed(int size) throws Exception {
        var message = StringValue.of("x".repeat(size)).toByteArray();
        var text = Base64.getUrlEncoder().withoutPadding().encodeToString(message);

        var answer = rig.get(SAY + "?connect=v1&encoding=proto&base64=1&x=y&message=" + text);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("x".repeat(size));
        assertThat(answer.headers().firstValue("vary")).hasValue("accept-encoding");
    }

    @Test
    void anEmptyProtoMessageIsServed() throws Exception {
        assertThat(rig.get(SAY + "?encoding=proto&message=").statusCode()).isEqualTo(200);
    }

    @Test
    void jsonMayBePercentEncoded() throws Exception {
        var answer = rig.get(SAY + "?message=%22h%C3%A4+%2B%22&encoding=json");

        assertThat(answer.body()).isEqualTo("\"hä +\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?encoding=proto",
                "?encoding=proto&base64=1&message=!!!",
                "?encoding=proto&connect=v2&message=",
                "?encoding=json&message=",
                "?encoding=json&message=%7B%7D%7B"
            })
    void badQueriesAreInvalidArguments(String query) throws Exception {
        var answer = rig.get(SAY + query);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("invalid_argument");
    }

    @Test
    void anUnknownCodecOrCompressionIsRefused() throws Exception {
        assertThat(rig.get(SAY + "?message=").statusCode()).isEqualTo(415);
        assertThat(rig.get(SAY + "?encoding=xml&message=").statusCode()).isEqualTo(415);
        assertThat(rig.get(SAY + "?encoding=proto&compression=br&message=").statusCode())
                .isEqualTo(501);
    }

    @Test
    void onlySafeMethodsAreServed() throws Exception {
        var answer = rig.get("/test.Echo/Describe?encoding=json&message=%7B%7D");

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).hasValue("POST");
    }
}
