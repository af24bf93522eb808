package dev.vmcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.client.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandLineTest {
    private final Shell shell = Shell.at("http://127.0.0.1:1");

    @Test
    void helpNamesEachCommandAndExitCode() {
        var help = shell.run("--help");

        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains("up ", "host ", "vm ", "capabilities ", "doctor ", "completion ")
                .contains("Exit codes:");
        for (var code : ExitCode.values()) {
            assertThat(help.out()).contains("\n  " + code.number() + " ");
        }
        assertThat(shell.run("help").out()).isEqualTo(help.out());
        assertThat(shell.run("help", "vm", "create").out())
                .isEqualTo(shell.run("vm", "create", "--help").out());
    }

    @Test
    void aCommandIsNeeded() {
        assertThat(shell.run().code()).isEqualTo(2);
        assertThat(shell.run("vm").err()).startsWith("Usage: vmcp vm");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "vm lss | Unmatched argument at index 1: 'lss'",
                "vm ls extra | Unmatched argument at index 2: 'extra'",
                "vm boot | Missing required parameter: 'ID'",
                "vm info | Missing required parameter: 'ID'",
                "vm ls -o yaml | 'yaml' is no form of output (expected: table, json, name)",
                "vm ls --deadline soon | 'soon' is not a time (expected: such as 30s, 5m, 2h or 30d)",
                "vm create --memory 1.5G | '1.5G' is not a size (expected: such as 512MiB or 2GiB)",
                "vm create --cpus two | 'two' is not an int",
                "vm create --disk ,ro | --disk: ',ro' (expected: FILE[,ro][,root]",
                "vm create --disk a,b | --disk: 'a,b' (expected: ro, root or KEY=VALUE where 'b'",
                "vm create --net mac=1 | --net: 'mac=1' (expected: tap=T among its parts)",
                "vm create --metadata x | --metadata: 'x' (expected: KEY=VALUE)",
                "vm ls --endpoint ftp://x | endpoint: ftp://x (expected: http://host:port",
                "vm ls --cert-file x | client certificate: half of a pair",
                "completion fish | SHELL: 'fish' (expected: bash or zsh)",
                "host | 'host' needs the launcher",
            })
    void aWrongCommandLineIsSaidWithTheHelpToRead(String words, String message) {
        var ran = shell.run(words.split(" "));

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).contains(message).contains("next: vmcp ").contains(" --help\n");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void nobodyThereIsUnavailable() throws IOException {
        int port;
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        var url = "http://127.0.0.1:" + port;

        assertThat(shell.run("vm", "ls", "--endpoint", url))
                .isEqualTo(
                        new Shell.Ran(
                                5,
                                "",
                                """
                                vmcp: unavailable: nothing answers at %s; start one with: vmcp host
                                next: see that the host runs, or name another: --endpoint URL or VMCP_ENDPOINT
                                """
                                        .formatted(url)));
    }

    @ParameterizedTest
    @EnumSource(Code.class)
    void everyCodeOfTheHostHasAnExitCodeAndANextStep(Code code) throws IOException {
        try (var host = new AnsweringHost()) {
            host.refuse(
                    "GetVmInfo", 500, "{\"code\":\"" + code.wireName() + "\",\"message\":\"why\"}");

            var ran = Shell.at(host.url()).run("vm", "info", "a");

            assertThat(ran.code()).isEqualTo(ExitCode.of(code).number()).isPositive();
            assertThat(ran.err()).contains(": why\n").contains("\nnext: ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void theCompletionScriptIsOneThatBashReads(String name) throws Exception {
        var script = shell.run("completion", name).out();
        var bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
        try (var in = bash.getOutputStream()) {
            in.write(script.getBytes(StandardCharsets.UTF_8));
        }

        var said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(said).isEmpty();
        assertThat(bash.waitFor()).isZero();
        assertThat(script).contains("console", "--console-output", "table");
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(shell.run("version").out()).matches("vmcp \\d+\\.\\d+\\.\\d+ \\(Java 25.*\\)\n");
        assertThat(shell.run("--version")).isEqualTo(shell.run("version"));
    }

    @Test
    void theDocumentListsTheseExitCodesAndCommands() throws IOException {
        var document = Files.readString(Path.of("../docs/cli.md"));

        ExitCode.list()
                .forEach((number, meaning) ->
                        assertThat(document).contains("| " + number + " | " + meaning + " |"));
        for (var vm : Commands.vm("").getSubcommands().keySet()) {
            assertThat(document).containsPattern("`vmcp vm [^`]*\\b" + vm + "\\b");
        }
    }

    @Test
    void exitCodesAreNumberedWithoutGaps() {
        assertThat(Arrays.stream(ExitCode.values()).map(ExitCode::number))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }
}
