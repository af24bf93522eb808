package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestGateTest {
    private static Rig rig;

    @BeforeAll
    static void start() {
        var gate =
                RequestGate.local()
                        .allowHosts(Set.of("vm-host.example"))
                        .allowOrigins(Set.of("https://console.example"));
        rig = new Rig(builder -> builder.gate(gate));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static String head(String method, String host, String more) throws IOException {
        var head =
                method
                        + " /test.Echo/Describe HTTP/1.1\r\nconnection: close\r\nhost: "
                        + host
                        + "\r\ncontent-type: application/json\r\n"
                        + more;
        try (var socket =
                Wire.open(rig.server.port(), head, "{}".getBytes(StandardCharsets.UTF_8))) {
            return Wire.head(socket.getInputStream());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,200",
        "LOCALHOST:8080,200",
        "127.0.0.1:1,200",
        "[::1]:8080,200",
        "[::1],200",
        "vm-host.example:80,200",
        "evil.example,403",
        "127.0.0.1.evil.example,403",
        "10.0.0.1,403"
    })
    void onlyKnownHostsPass(String host, int status) throws Exception {
        assertThat(head("POST", host, "")).startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080,200",
        "https://console.example,200",
        "http://localhost:9090,403",
        "http://evil.example,403",
        "null,403"
    })
    void pagesOfOtherOriginsAreRefused(String origin, int status) throws Exception {
        assertThat(head("POST", "localhost:8080", "origin: " + origin + "\r\n"))
                .startsWith("HTTP/1.1 " + status);
    }

    @Test
    void listedOriginsGetTheirHeaders() throws Exception {
        var origin = "origin: https://console.example\r\n";

        var preflight =
                head("OPTIONS", "localhost", origin + "access-control-request-method: POST\r\n");
        var answer = head("POST", "localhost", origin);

        assertThat(preflight)
                .startsWith("HTTP/1.1 204")
                .contains("access-control-allow-origin: https://console.example")
                .contains("connect-protocol-version");
        assertThat(answer)
                .contains("access-control-allow-origin: https://console.example")
                .contains("access-control-expose-headers: *");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "NETWORK, 192.0.2.7:8080, -, true",
                "NETWORK, vm-host.example:8080, -, true",
                "NETWORK, 192.0.2.7:8080, http://192.0.2.7:8080, true",
                "NETWORK, [fd00::7]:8080, http://[fd00::7]:8080, true",
                "NETWORK, laptop:8080, http://laptop:8080, true",
                "NETWORK, listed.example, https://listed.example, true",
                "NETWORK, rebound.example:8080, http://rebound.example:8080, false",
                "NETWORK, 192.0.2.7:8080, http://evil.example, false",
                "NETWORK, 192.0.2.7:8080, null, false",
                "LOOPBACK, 127.0.0.1:8080, -, true",
                "LOOPBACK, localhost:8080, http://localhost:8080, true",
                "LOOPBACK, laptop:8080, -, true",
                "LOOPBACK, rebound.example:8080, -, false",
                "LOOPBACK, rebound.example:8080, http://rebound.example:8080, false",
                "LOOPBACK, 1.2.3.4.evil.example, -, false",
                "LOOPBACK, laptop.evil.example, -, false",
                "LOOPBACK, -, -, false",
                "UNIX, anything, -, true",
                "UNIX, anything, http://anything, false",
            })
    void aPortOfTheNetworkPassesNoPageUnderANameThatItDoesNotKnow(
            RequestGate.Door door, String host, String origin, boolean passes) {
        var gate = RequestGate.anyHost("laptop").allowHosts(Set.of("listed.example"));
        assertThat(gate.refusal(host, origin, door).isEmpty()).isEqualTo(passes);
    }

    @Test
    void aRefusalRepeatsNoMoreThanNeeded() {
        var refusal =
                RequestGate.local().refusal("x".repeat(9000), null, RequestGate.Door.LOOPBACK);
        assertThat(refusal.orElseThrow()).hasSizeLessThan(300);
    }

    @Test
    void aNameThatWasMadeToPointToThisMachineReachesNothing() throws Exception {
        var get = "GET /test.Echo/Say?encoding=json&message=%22a%22 HTTP/1.1\r\n";
        var head = get + "connection: close\r\nhost: rebound.example\r\n";
        try (var open = new Rig(builder -> builder.gate(RequestGate.anyHost("laptop")));
                var socket = Wire.open(open.server.port(), head, new byte[0])) {
            assertThat(Wire.head(socket.getInputStream())).startsWith("HTTP/1.1 403");
        }
    }
}
