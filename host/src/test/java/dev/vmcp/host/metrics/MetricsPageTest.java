package dev.vmcp.host.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.platform.telemetry.otel.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `docs/metrics.md` is made from the declarations. Renew it with `-Dvmcp.write-docs=true`.
class MetricsPageTest {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");

    @Test
    void thePageSaysWhatTheDeclarationsSay() throws IOException {
        if (Boolean.getBoolean("vmcp.write-docs")) {
            Files.writeString(PAGE, HostMetrics.reference());
        }
        assertThat(Files.readString(PAGE))
                .as("renew it with -Dvmcp.write-docs=true")
                .isEqualTo(HostMetrics.reference());
    }

    @Test
    void noNameIsGivenTwice() {
        assertThat(HostMetrics.documented().values().stream().flatMap(List::stream))
                .extracting(Metric::name)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z][a-z0-9_]+"));
    }
}
