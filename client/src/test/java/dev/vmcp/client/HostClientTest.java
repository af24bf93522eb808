package dev.vmcp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.BootVmResponse;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoResponse;
import dev.vmcp.api.vmm.v1.VmState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HostClientTest {
    private static final String BOOT = "/vmm.v1.VmService/BootVm";
    private static final String INFO = "/vmm.v1.VmService/GetVmInfo";

    private SmallHost host;
    private HostClient client;

    @BeforeEach
    void start() throws IOException {
        host = SmallHost.plain();
        client = HostClient.of(host.endpoint(), TlsFiles.NONE, "s3cret");
    }

    @AfterEach
    void stop() {
        client.close();
        host.close();
    }

    @Test
    void aCallCarriesItsRequestTheTokenAndTheDeadline() {
        host.on(
                BOOT,
                exchange -> {
                    var headers = exchange.getRequestHeaders();
                    var request = BootVmRequest.parseFrom(exchange.getRequestBody());
                    assertThat(request.getVmId()).isEqualTo("web-1");
                    assertThat(headers.getFirst("authorization")).isEqualTo("Bearer s3cret");
                    assertThat(headers.getFirst("connect-protocol-version")).isEqualTo("1");
                    assertThat(headers.getFirst("connect-timeout-ms")).isEqualTo("5000");
                    assertThat(headers.getFirst("content-type")).isEqualTo("application/proto");
                    SmallHost.answer(
                            exchange,
                            BootVmResponse.newBuilder()
                                    .setSuccess(true)
                                    .setState(VmState.VM_STATE_RUNNING)
                                    .build());
                });

        var response = client.within(Duration.ofSeconds(5)).bootVm(boot("web-1"));

        assertThat(response.getState()).isEqualTo(VmState.VM_STATE_RUNNING);
    }

    @Test
    void oneConnectionCarriesManyCalls() {
        host.on(INFO, exchange -> SmallHost.answer(exchange, info("web-1")));

        for (var i = 0; i < 5; i++) {
            client.getVmInfo(GetVmInfoRequest.getDefaultInstance());
        }

        assertThat(host.connections).hasSize(5);
        assertThat(host.connections.stream().distinct()).hasSize(1);
    }

    @Test
    void anErrorOfTheHostKeepsItsCodeWordsAndFields() {
        var violation =
                message(1, message(1, text("config.memory.size_bytes")), message(2, text("0")));
        var details = Base64.getEncoder().withoutPadding().encodeToString(violation.toByteArray());
        host.on(
                BOOT,
                exchange ->
                        SmallHost.error(
                                exchange,
                                400,
                                """
                                {"code":"invalid_argument","message":"two \\"wrongs\\" \\u00e9",
                                 "details":[{"type":"google.rpc.BadRequest","value":"%s"},
                                            {"type":"x.Y","value":"AA"}]}\
                                """
                                        .formatted(details)));

        var failure = failureOf(() -> client.bootVm(boot("web-1")));

        assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(failure.message()).isEqualTo("two \"wrongs\" é");
        assertThat(failure.details()).hasSize(2);
        assertThat(failure.violations())
                .containsExactly(new FieldViolation("config.memory.size_bytes", "0"));
    }

    @ParameterizedTest
    @CsvSource({
        "404, UNIMPLEMENTED",
        "401, UNAUTHENTICATED",
        "403, PERMISSION_DENIED",
        "429, UNAVAILABLE",
        "503, UNAVAILABLE",
        "500, UNKNOWN",
        "302, UNKNOWN"
    })
    void aStatusWithoutAnErrorOfTheProtocolIsReadFromTheStatus(int status, Code code) {
        var page = "<html>".getBytes(StandardCharsets.UTF_8);
        host.on(BOOT, exchange -> SmallHost.send(exchange, status, "text/html", page));

        assertThat(failureOf(() -> client.bootVm(boot("a"))).code()).isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "{\"code\":7}", "{}", "{\"code\":\"x\"} trailing", "nul"})
    void aBrokenErrorBodyIsReadFromTheStatus(String body) {
        host.on(BOOT, exchange -> SmallHost.error(exchange, 503, body));

        var failure = failureOf(() -> client.bootVm(boot("a")));

        assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(failure.message()).contains("HTTP 503");
    }

    @Test
    void aCodeThatTheProtocolDoesNotHaveIsUnknown() {
        host.on(BOOT, exchange -> SmallHost.error(exchange, 500, "{\"code\":\"sleepy\"}"));

        assertThat(failureOf(() -> client.bootVm(boot("a"))).code()).isEqualTo(Code.UNKNOWN);
    }

    @Test
    void aSilentHostFailsTheCallAtItsDeadline() {
        var released = new CountDownLatch(1);
        host.on(
                BOOT,
                exchange -> {
                    try {
                        released.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });

        var hurried = client.within(Duration.ofMillis(100));
        var failure = failureOf(() -> hurried.bootVm(boot("a")));
        released.countDown();

        assertThat(failure.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    }

    @Test
    void anAnswerOfAnotherContentTypeIsNotTakenForOurs() {
        host.on(BOOT, exchange -> SmallHost.send(exchange, 200, "text/html", new byte[] {60}));

        assertThat(failureOf(() -> client.bootVm(boot("a"))).message())
                .contains("does not answer as a vmcp host does")
                .contains("text/html");
    }

    @Test
    void nobodyThereIsSaidWithWhatToDo() throws IOException {
        int port;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        try (var nobody = HostClient.of(Endpoint.parse("127.0.0.1:" + port), TlsFiles.NONE, "")) {
            var failure = failureOf(() -> nobody.bootVm(boot("a")));

            assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
            assertThat(failure.message())
                    .isEqualTo(
                            "nothing answers at http://127.0.0.1:"
                                    + port
                                    + "; start one with: vmcp host");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "line\r\nx-evil: 1", "é"})
    void aTokenThatIsNoHeaderValueIsRefusedAndNotShown(String token) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HostClient.of(host.endpoint(), TlsFiles.NONE, token))
                .withMessageNotContaining(token);
    }

    static CallFailed failureOf(ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(CallFailed.class, call);
    }

    static BootVmRequest boot(String id) {
        return BootVmRequest.newBuilder().setVmId(id).build();
    }

    private static GetVmInfoResponse info(String id) {
        return GetVmInfoResponse.newBuilder().setVmId(id).build();
    }

    private static UnknownFieldSet message(int number, UnknownFieldSet... parts) {
        var inner = UnknownFieldSet.newBuilder();
        for (var part : parts) {
            inner.mergeFrom(part);
        }
        return message(number, inner.build().toByteString());
    }

    private static UnknownFieldSet message(int number, ByteString value) {
        var field = UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build();
        return UnknownFieldSet.newBuilder().addField(number, field).build();
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
