package dev.vmcp.host.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.platform.config.Startup;
import dev.vmcp.platform.config.Startup.End;
import dev.vmcp.platform.config.Startup.Go;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Settings that are right or wrong by another.
final class CrossedSettingsTest {
    @TempDir Path temp;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void theRoomForRequestsHoldsTwoOfTheLargestMessage() {
        var large = Map.of("VMCP_MAX_MESSAGE_BYTES", "1GiB");
        assertThat(good(List.of(), large).limits().requestBytes()).isEqualTo(2L << 30);
        var least = List.of("--max-request-bytes=8MiB");
        assertThat(good(least, Map.of()).limits().requestBytes()).isEqualTo(8L << 20);
        assertThat(read(List.of("--max-request-bytes=7MiB"), Map.of())).isEqualTo(new End<>(78));
        assertThat(err.toString(UTF_8)).contains("7MiB", "twice api.max-message-bytes at least");
    }

    @Test
    void metricsArePulledOverTlsWhereTheApiHasItAndWarnedOfWhereNot() throws IOException {
        var tls = List.of("--otel-prometheus-tls=true");
        assertThat(read(tls, Map.of())).isEqualTo(new End<>(78));
        assertThat(err.toString(UTF_8)).contains("otel.prometheus-tls", "api.tls.certificate");

        var pem = Files.createFile(temp.resolve("x.pem")).toString();
        var flags =
                List.of(
                        "--address=0.0.0.0",
                        "--require-token=true",
                        "--tls-cert=" + pem,
                        "--tls-key=" + pem,
                        "--otel-enabled=true");
        assertThat(good(flags, Map.of()).warnings())
                .singleElement()
                .asString()
                .contains("port 9464", "VMCP_OTEL_PROMETHEUS_TLS=true");
        var both = Map.of("VMCP_OTEL_PROMETHEUS_TLS", "true");
        assertThat(good(flags, both).warnings()).isEmpty();
        assertThat(good(flags, both).otel().prometheusTls()).isTrue();
    }

    private HostConfig good(List<String> flags, Map<String, String> environment) {
        return switch (read(flags, environment)) {
            case Go<HostConfig>(var config) -> config;
            case End<HostConfig> _ -> throw new AssertionError(err.toString(UTF_8));
        };
    }

    private Startup<HostConfig> read(List<String> flags, Map<String, String> environment) {
        var output = new PrintStream(err, true, UTF_8);
        return HostConfig.read(
                Program.VMCP, flags, environment, new Startup.Output(output, output));
    }
}
