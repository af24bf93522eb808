package dev.vmcp.platform.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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

final class StartupTest {
    private static final Setting<Integer> PORT =
            Setting.of("api.port", Kinds.port()).env("APP_PORT").or("8080").says("Where.");
    private static final Setting<String> TOKEN =
            Setting.of("token", Kinds.text()).env("APP_TOKEN").or("none").hidden().says("Who.");
    private static final Setting<Boolean> OPEN =
            Setting.of("open", Kinds.bool()).or("false").says("Whether.");
    private static final List<Setting<?>> ALL = List.of(Configuration.FILE, PORT, TOKEN, OPEN);

    @TempDir Path temp;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aSoundConfigurationGoesOn() {
        assertThat(startup(List.of("--api-port=1"), Map.of())).isEqualTo(new Go<>(1));
        assertThat(out.toString(UTF_8)).isEmpty();
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void problemsOfSettingsAndOfRulesEndItWithStatus78() {
        assertThat(startup(List.of("--open=maybe", "--api-port=13"), Map.of()))
                .isEqualTo(new End<>(78));
        assertThat(err.toString(UTF_8))
                .isEqualTo(
                        """
                        the configuration has 2 problems:
                          flag: --open: maybe (expected: true or false)
                          flag --api-port: api.port: 13 (expected: a lucky port)
                        """);
    }

    @Test
    void checkingAnswersWithoutGoingOn() {
        assertThat(startup(List.of("--check-config"), Map.of())).isEqualTo(new End<>(0));
        assertThat(out.toString(UTF_8)).isEqualTo("the configuration is sound\n");

        assertThat(startup(List.of("--check-config", "--bad"), Map.of())).isEqualTo(new End<>(78));
    }

    @Test
    void printingShowsEveryValueWithItsSourceAndHidesSecrets() {
        startup(List.of("--print-config"), Map.of("APP_PORT", "7", "APP_TOKEN", "s3cret"));

        assertThat(out.toString(UTF_8))
                .isEqualTo(
                        """
                        # config = ""  # default
                        api.port = "7"  # environment APP_PORT
                        token = "(hidden)"  # environment APP_TOKEN
                        open = "false"  # default
                        """);
    }

    @Test
    void whatIsPrintedCanBeReadAsAFile() throws IOException {
        startup(List.of("--print-config", "--api-port=7", "--open"), Map.of());
        var file = Files.writeString(temp.resolve("vmcp.toml"), out.toString(UTF_8));

        var again = Configuration.read(ALL, List.of("--config", file.toString()), Map.of());

        assertThat(again.faults()).isEmpty();
        assertThat(again.get(PORT)).isEqualTo(7);
        assertThat(again.get(OPEN)).isTrue();
    }

    @Test
    void helpListsEveryFlag() {
        assertThat(startup(List.of("--help", "--bad"), Map.of())).isEqualTo(new End<>(0));
        assertThat(out.toString(UTF_8))
                .contains("--config=VALUE", "--api-port=VALUE", "Default: `8080`", "--open\n");
    }

    @Test
    void theReferenceHasARowForEachSetting() {
        assertThat(Reference.markdown(List.of(PORT)))
                .endsWith("| `api.port` | `APP_PORT` | `--api-port` | port | `8080` | Where. |\n");
    }

    private Startup<Integer> startup(List<String> arguments, Map<String, String> environment) {
        return Startup.of(
                Configuration.read(ALL, arguments, environment),
                StartupTest::rules,
                configuration -> configuration.get(PORT),
                new Startup.Output(
                        new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8)));
    }

    private static List<Fault> rules(Configuration configuration) {
        return configuration.get(PORT) == 13
                ? List.of(configuration.fault(PORT, "a lucky port"))
                : List.of();
    }
}
