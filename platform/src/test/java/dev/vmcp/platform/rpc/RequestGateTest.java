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
}
