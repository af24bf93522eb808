package dev.vmcp.cli;

import dev.vmcp.cli.terminal.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Runs command lines in this process and keeps what they print.
record Shell(Map<String, String> environment, String input, boolean terminal) {

    record Ran(int code, String out, String err) {}

    static Shell at(String url) {
        return new Shell(Map.of("VMCP_ENDPOINT", url, "COLUMNS", "90"), "", false);
    }

    Shell typing(String text) {
        return new Shell(environment, text, terminal);
    }

    Shell onTerminal() {
        return new Shell(environment, input, true);
    }

    Ran run(String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var code =
                Cli.run(
                        new Terminal(
                                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                                new PrintStream(out, false, StandardCharsets.UTF_8),
                                new PrintStream(err, false, StandardCharsets.UTF_8),
                                environment,
                                false,
                                terminal),
                        words);
        return new Ran(
                code.number(),
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }
}
