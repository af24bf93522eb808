package dev.vmcp.host.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.platform.config.Startup.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where a host listens, and to whom.
final class ListenerConfigTest {

    @TempDir private Path temp;
    private final ConfigReading reading = new ConfigReading();

    @Test
    void beyondLoopbackOurOwnNameDemandsThatCallersAreKnown() throws IOException {
        var open = List.of("--address=0.0.0.0");
        assertThat(reading.read(Program.VMCP, open, Map.of())).isEqualTo(new End<>(78));
        assertThat(reading.errors()).contains("api.address: 0.0.0.0", "--insecure");

        var insecure = List.of("--address=0.0.0.0", "--insecure");
        assertThat(reading.good(Program.VMCP, insecure, Map.of()).warnings()).hasSize(1);

        var pem = Files.createFile(temp.resolve("x.pem")).toString();
        var known =
                List.of(
                        "--address=0.0.0.0",
                        "--tls-cert=" + pem,
                        "--tls-key=" + pem,
                        "--tls-client-ca=" + pem);
        assertThat(reading.good(Program.VMCP, known, Map.of()).warnings()).isEmpty();
        assertThat(reading.good(Program.VMCP, List.of("--address=localhost"), Map.of()).warnings())
                .isEmpty();
    }

    @Test
    void tlsNeedsItsFilesTogether() throws IOException {
        var pem = Files.createFile(temp.resolve("x.pem")).toString();

        assertThat(reading.read(Program.VMCP, List.of("--tls-cert=" + pem), Map.of()))
                .isEqualTo(new End<>(78));
        assertThat(reading.read(Program.VMCP, List.of("--tls-client-ca=/absent"), Map.of()))
                .isEqualTo(new End<>(78));
        assertThat(reading.errors())
                .contains("api.tls.key", "certificate and key together")
                .contains("/absent (expected: a readable file)")
                .contains("/absent (expected: a certificate and key of ours beside it)");
    }

    @Test
    void aSocketIsSaidInTwoWaysAndItsGroupByNameOrNumber() {
        for (var text : List.of("unix:/run/vmcp/a.sock", "unix:///run/vmcp/a.sock")) {
            var flags = List.of("--listen=" + text, "--socket-group=root");
            assertThat(reading.good(Program.VMCP, flags, Map.of()).socket())
                    .isEqualTo(
                            new SocketConfig(
                                    Optional.of(Path.of("/run/vmcp/a.sock")), OptionalInt.of(0)));
        }
        assertThat(reading.good(Program.VMCP, List.of("--socket-group=4242"), Map.of()).socket())
                .isEqualTo(new SocketConfig(Optional.empty(), OptionalInt.of(4242)));
        for (var wrong : List.of("/run/a.sock", "unix:a.sock", "unix://run/a", "unix:/")) {
            assertThat(reading.read(Program.VMCP, List.of("--listen=" + wrong), Map.of()))
                    .as(wrong)
                    .isEqualTo(new End<>(78));
        }
        var both = List.of("--listen=unix:/" + "x".repeat(107), "--socket-group=no-such-group");
        assertThat(reading.read(Program.VMCP, both, Map.of())).isEqualTo(new End<>(78));
        assertThat(reading.errors()).contains("at most 92 bytes", "no-such-group");
    }

    @Test
    void namesAndOriginsComeAsListsAndLimitsHaveDefaults() {
        var flags = List.of("--allowed-hosts=a.example, b.example", "--allowed-origins=https://c");
        var config = reading.good(Program.VMCP, flags, Map.of("VMCP_MAX_CALLS", "7"));
        assertThat(config.browsers())
                .isEqualTo(
                        new BrowserConfig(Set.of("a.example", "b.example"), Set.of("https://c")));
        long room = Math.max(Runtime.getRuntime().maxMemory() / 8, 8 << 20);
        assertThat(config.limits())
                .isEqualTo(new LimitConfig(10_000, 256, 7, 8192, 1024, 1000, room));
        assertThat(reading.good(Program.VMCP, List.of(), Map.of()).browsers())
                .isEqualTo(new BrowserConfig(Set.of(), Set.of()));
    }
}
