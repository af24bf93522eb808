package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The alerts that ship, judged by Prometheus' own tool.
final class AlertsTest {

    private static final Path DIRECTORY = Dashboard.DIRECTORY;
    private static final Path GUIDE = Path.of("..", "docs", "observe.md");

    @Test
    void theRulesAreWellFormed() {
        assertThat(promtool("check", "rules", "alerts.yaml")).contains("SUCCESS");
    }

    @Test
    void eachAlertComesWhenItShouldAndNotOtherwise() throws IOException {
        assertThat(promtool("test", "rules", "alerts_test.yaml")).contains("SUCCESS");
        var tests = Files.readString(DIRECTORY.resolve("alerts_test.yaml"));
        assertThat(alerts())
                .isNotEmpty()
                .allSatisfy(alert -> {
                    assertThat(tests).contains("alertname: " + alert + ", exp_alerts: []");
                    assertThat(tests).contains("alertname: " + alert + "\n");
                });
    }

    @Test
    void theGuideHasACureForEachAlert() throws IOException {
        var guide = Files.readString(GUIDE);
        assertThat(alerts()).allSatisfy(alert -> assertThat(guide).contains("### " + alert + "\n"));
    }

    private static List<String> alerts() throws IOException {
        return Pattern.compile("- alert: (\\w+)")
                .matcher(Files.readString(DIRECTORY.resolve("alerts.yaml")))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String promtool(String... arguments) {
        var command = new java.util.ArrayList<>(List.of(PrometheusServer.program("promtool")));
        command.addAll(List.of(arguments));
        return Command.run(DIRECTORY, Map.of(), command).good();
    }
}
