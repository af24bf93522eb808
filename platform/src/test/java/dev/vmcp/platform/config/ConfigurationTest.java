package dev.vmcp.platform.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationTest {
    private static final Setting<Integer> PORT =
            Setting.of("api.port", Kinds.port()).withFlag("--port").env("APP_PORT").or("8080");
    private static final Setting<Duration> DRAIN =
            Setting.of("api.drain", Kinds.duration())
                    .withEnvironment(List.of("NEW_DRAIN", "OLD_DRAIN"))
                    .or("30s");
    private static final Setting<Boolean> OPEN =
            Setting.of("open", Kinds.bool()).env("APP_OPEN").or("false");
    private static final Setting<List<Path>> ROOTS =
            Setting.of("roots", Kinds.absolutePaths()).or("/opt:/srv");
    private static final Setting<String> TOKEN =
            Setting.of("token", Kinds.text()).env("APP_TOKEN").or("none").hidden();
    private static final List<Setting<?>> ALL =
            List.of(Configuration.FILE, PORT, DRAIN, OPEN, ROOTS, TOKEN);

    @TempDir Path temp;

    @Test
    void whatNobodySaysHasItsDefault() {
        var configuration = read(List.of(), Map.of());

        assertThat(configuration.faults()).isEmpty();
        assertThat(configuration.get(PORT)).isEqualTo(8080);
        assertThat(configuration.get(DRAIN)).isEqualTo(Duration.ofSeconds(30));
        assertThat(configuration.get(OPEN)).isFalse();
        assertThat(configuration.get(ROOTS)).containsExactly(Path.of("/opt"), Path.of("/srv"));
        assertThat(configuration.isGiven(PORT)).isFalse();
    }

    @Test
    void flagBeatsEnvironmentBeatsFileBeatsDefault() throws IOException {
        var file = file("[api]\nport = 1\ndrain = '1s'\n");
        var flag = List.of("--config", file, "--port=3");
        var environment = Map.of("APP_PORT", "2", "VMCP_CONFIG", "/does/not/exist");

        assertThat(read(flag, environment).get(PORT)).isEqualTo(3);
        assertThat(read(List.of("--config", file), environment).get(PORT)).isEqualTo(2);
        assertThat(read(List.of("--config", file), Map.of()).get(PORT)).isEqualTo(1);
        assertThat(read(List.of("--config", file), Map.of()).get(DRAIN))
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void anEmptyVariableSaysNothingAndTheFirstNameWins() {
        assertThat(read(List.of(), Map.of("APP_PORT", "")).get(PORT)).isEqualTo(8080);
        assertThat(read(List.of(), Map.of("NEW_DRAIN", "", "OLD_DRAIN", "2s")).get(DRAIN))
                .isEqualTo(Duration.ofSeconds(2));
        assertThat(read(List.of(), Map.of("NEW_DRAIN", "1s", "OLD_DRAIN", "2s")).get(DRAIN))
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void flagsTakeTheirValueWithASpaceOrAnEqualsSign() {
        assertThat(read(List.of("--port", "1"), Map.of()).get(PORT)).isEqualTo(1);
        assertThat(read(List.of("--port=1"), Map.of()).get(PORT)).isEqualTo(1);
        assertThat(read(List.of("--open", "--port", "1"), Map.of()).get(OPEN)).isTrue();
        assertThat(read(List.of("--open=false"), Map.of("APP_OPEN", "true")).get(OPEN)).isFalse();
    }

    @Test
    void everyProblemIsReportedAtOnceWithSourceKeyValueAndExpectation() throws IOException {
        var file = file("roots = 'opt'\nprot = 1\n[api]\ndrain = 5\nprot = 2\n");
        var configuration =
                read(
                        List.of("--config=" + file, "--prot", "extra", "--open=perhaps"),
                        Map.of("APP_PORT", "65536"));

        assertThat(configuration.faults())
                .extracting(Fault::sentence)
                .containsExactlyInAnyOrder(
                        "flag: --prot (expected: a known flag; did you mean --port?)",
                        "flag: extra (expected: no argument but flags)",
                        "flag: --open: perhaps (expected: true or false)",
                        "environment: APP_PORT: 65536 (expected: a port, 0 to 65535)",
                        file + ": roots: opt (expected: absolute paths with : between them)",
                        file + ": api.drain: 5 (expected: a duration such as 500ms, 10s, 5m or 1h)",
                        file + ": prot: unknown (expected: a known key)",
                        file
                                + ": api.prot: unknown (expected: a known key; did you mean"
                                + " api.port?)");
        assertThat(configuration.isSound(PORT)).isFalse();
        assertThat(configuration.isSound(TOKEN)).isTrue();
    }

    @Test
    void aFlagWithoutItsValueIsAProblem() {
        assertThat(read(List.of("--port"), Map.of()).faults())
                .extracting(Fault::sentence)
                .containsExactly("flag: --port: \"\" (expected: a port, 0 to 65535)");
    }

    @Test
    void aFileThatIsAbsentOrNoTomlIsAProblem() throws IOException {
        assertThat(read(List.of("--config=/does/not/exist"), Map.of()).faults())
                .singleElement()
                .extracting(Fault::source)
                .isEqualTo("/does/not/exist");
        assertThat(read(List.of("--config=" + file("a = \n")), Map.of()).faults())
                .singleElement()
                .extracting(Fault::sentence)
                .asString()
                .contains("line 1");
    }

    @Test
    void theFileCannotNameAnotherFile() throws IOException {
        assertThat(read(List.of("--config=" + file("config = 'x'\n")), Map.of()).faults())
                .extracting(Fault::key)
                .containsExactly("config");
    }

    @Test
    void aListInTheFileMayBeAnArrayOfStrings() throws IOException {
        var good = read(List.of("--config=" + file("roots = ['/a', '/b']\n")), Map.of());
        var bad = read(List.of("--config=" + file("roots = ['/a', 7]\n")), Map.of());

        assertThat(good.get(ROOTS)).containsExactly(Path.of("/a"), Path.of("/b"));
        assertThat(bad.faults()).extracting(Fault::key).containsExactly("roots");
    }

    @Test
    void aTableWhereAValueBelongsIsAProblem() throws IOException {
        assertThat(read(List.of("--config=" + file("[api.port]\nx = 1\n")), Map.of()).faults())
                .extracting(Fault::key)
                .containsExactly("api.port");
    }

    @Test
    void aSecretIsNotRepeatedInAProblem() {
        var fault = read(List.of(), Map.of("APP_TOKEN", " ")).faults();

        assertThat(fault).extracting(Fault::value).containsExactly("(hidden)");
    }

    @Test
    void hostileValuesAreCutAndCleanedInAProblem() {
        var hostile = "9\n\u001b[31m" + "x".repeat(1_000);
        var fault = read(List.of(), Map.of("APP_PORT", hostile)).faults().getFirst();

        assertThat(fault.sentence()).hasSizeLessThan(250);
        assertThat(fault.sentence().chars()).noneMatch(Character::isISOControl);
    }

    private static Configuration read(List<String> arguments, Map<String, String> environment) {
        return Configuration.read(ALL, arguments, environment);
    }

    private String file(String text) throws IOException {
        var file = Files.createTempFile(temp, "vmcp", ".toml");
        return Files.writeString(file, text).toString();
    }
}
