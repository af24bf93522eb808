package dev.vmcp.host.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.platform.config.Startup.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Settings that are right or wrong by another.
final class CrossedSettingsTest {
    @TempDir Path temp;
    private final ConfigReading reading = new ConfigReading();

    @Test
    void theRoomForRequestsHoldsTwoOfTheLargestMessage() {
        var large = Map.of("VMCP_MAX_MESSAGE_BYTES", "1GiB");
        assertThat(reading.good(Program.VMCP, List.of(), large).limits().requestBytes())
                .isEqualTo(2L << 30);
        var least = List.of("--max-request-bytes=8MiB");
        assertThat(reading.good(Program.VMCP, least, Map.of()).limits().requestBytes())
                .isEqualTo(8L << 20);
        assertThat(reading.read(Program.VMCP, List.of("--max-request-bytes=7MiB"), Map.of()))
                .isEqualTo(new End<>(78));
        assertThat(reading.errors()).contains("7MiB", "twice api.max-message-bytes at least");
    }

    @Test
    void metricsArePulledOverTlsWhereTheApiHasItAndWarnedOfWhereNot() throws IOException {
        var tls = List.of("--otel-prometheus-tls=true");
        assertThat(reading.read(Program.VMCP, tls, Map.of())).isEqualTo(new End<>(78));
        assertThat(reading.errors()).contains("otel.prometheus-tls", "api.tls.certificate");

        var pem = Files.createFile(temp.resolve("x.pem")).toString();
        var flags =
                List.of(
                        "--address=0.0.0.0",
                        "--require-token=true",
                        "--tls-cert=" + pem,
                        "--tls-key=" + pem,
                        "--otel-enabled=true");
        assertThat(reading.good(Program.VMCP, flags, Map.of()).warnings())
                .singleElement()
                .asString()
                .contains("port 9464", "VMCP_OTEL_PROMETHEUS_TLS=true");
        var both = Map.of("VMCP_OTEL_PROMETHEUS_TLS", "true");
        assertThat(reading.good(Program.VMCP, flags, both).warnings()).isEmpty();
        assertThat(reading.good(Program.VMCP, flags, both).otel().prometheusTls()).isTrue();
    }
}
