package dev.vmcp.host.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.http.WebRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
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

    private static WebRequest from(String address) {
        return new WebRequest(
                "GET",
                "/metrics",
                Map.of(),
                Map.of(),
                new byte[0],
                new InetSocketAddress(InetAddress.ofLiteral(address), 1234),
                null);
    }
}
