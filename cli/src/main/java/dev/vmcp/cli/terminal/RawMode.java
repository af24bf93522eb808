package dev.vmcp.cli.terminal;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The terminal on standard input, handing over each key at once and interpreting none, until
/// closed. Also put back when the process is told to end.
public final class RawMode implements AutoCloseable {
    private final String before;
    private final Thread atEnd;

    private RawMode(String before) {
        this.before = before;
        this.atEnd = new Thread(this::restore, "restore-terminal");
    }

    /// @throws IOException when standard input is no terminal or there is no `stty`
    public static RawMode enter() throws IOException {
        var mode = new RawMode(stty("-g").strip());
        Runtime.getRuntime().addShutdownHook(mode.atEnd);
        stty("raw", "-echo");
        return mode;
    }

    private void restore() {
        try {
            stty(before);
        } catch (IOException _) {
            // The terminal is gone, and with it what could be put back.
        }
    }

    private static String stty(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        var process =
                new ProcessBuilder(command)
                        .redirectInput(Redirect.INHERIT)
                        .redirectError(Redirect.DISCARD)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("stty refused: standard input is not a terminal");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return said;
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(atEnd);
        } catch (IllegalStateException _) {
            // The process ends already, and the hook runs.
        }
    }
}
