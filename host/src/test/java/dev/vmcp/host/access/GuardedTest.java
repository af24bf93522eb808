package dev.vmcp.host.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.access.Scope;
import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.http.WebRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardedTest {

    private static final int RATE = 3;

    @TempDir private Path directory;

    @Test
    void aCallerScrapesNoFasterThanItMayCallAndIsToldWhenToTryAgain() {
        var tokens =
                Tokens.open(directory.resolve("tokens"), InstantSource.system(), new Random(1));
        var everybody = new AccessPolicy(false, true, 0, OptionalInt.empty());
        var quotas = new Quotas(new Quotas.Limits(1, 1, 1, RATE), () -> 0);
        try (var audit = Audit.open(directory.resolve("audit.log"), InstantSource.system())) {
            var guarded =
                    new Guarded(
                            new Access(everybody, tokens),
                            quotas,
                            audit,
                            _ -> WebReply.text(200, "metrics"));

            for (int i = 0; i < 2 * RATE; i++) {
                assertThat(guarded.handle(from("192.0.2.1")).status()).isEqualTo(200);
            }
            var refused = guarded.handle(from("192.0.2.1"));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.headers()).containsEntry("retry-after", "1");
            assertThat(guarded.handle(from("192.0.2.2")).status()).isEqualTo(200);
        }
    }

    @Test
    void whoWasRefusedIsInTheAuditLogWithTheTokenThatWasShown() throws Exception {
        var clock = InstantSource.system();
        var tokens = Tokens.open(directory.resolve("tokens"), clock, new Random(1));
        var made = tokens.make("scraper", Scope.READ, Optional.empty()).orElseThrow();
        var log = directory.resolve("audit.log");
        try (var audit = Audit.open(log, clock)) {
            var guarded =
                    new Guarded(
                            new Access(
                                    new AccessPolicy(false, false, 0, OptionalInt.empty()), tokens),
                            new Quotas(new Quotas.Limits(1, 1, 1, RATE), () -> 0),
                            audit,
                            _ -> WebReply.text(200, "metrics"));
            var headers = Map.of("authorization", "Bearer " + made.text());
            assertThat(guarded.handle(from("192.0.2.1", headers)).status()).isEqualTo(200);
            assertThat(tokens.revoke(made.token().id())).isTrue();
            assertThat(guarded.handle(from("192.0.2.1", headers)).status()).isEqualTo(401);
        }
        assertThat(Files.readString(log))
                .contains("the token " + made.token().id() + " is not known, or was revoked")
                .contains("GET /metrics")
                .doesNotContain(made.text());
    }

    private static WebRequest from(String address) {
        return from(address, Map.of());
    }

    private static WebRequest from(String address, Map<String, String> headers) {
        return new WebRequest(
                "GET",
                "/metrics",
                Map.of(),
                headers,
                new byte[0],
                new InetSocketAddress(InetAddress.ofLiteral(address), 1234),
                null);
    }
}
