package dev.vmcp.cli.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Where a command reads and prints.
///
/// @param inputIsTerminal a person types, so that input may be taken key by key
/// @param outputIsTerminal a person reads, so that colour makes sense
public record Terminal(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        boolean inputIsTerminal,
        boolean outputIsTerminal) {
    private static final int DEFAULT_WIDTH = 100;
    private static final int NARROWEST = 60;
    private static final int WIDEST = 160;

    /// The streams of this process. Which of them are terminals the launcher found out (`i` and `o`
    /// in the property `vmcp.terminal`), because a shell does so for nothing.
    public static Terminal ofProcess() {
        var terminals = System.getProperty("vmcp.terminal", "");
        return new Terminal(
                System.in,
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                System.getenv(),
                terminals.contains("i"),
                terminals.contains("o"));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }

    /// The variable's value; empty when it is not set.
    public String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    public boolean colours() {
        return outputIsTerminal
                && variable("NO_COLOR").isEmpty()
                && !variable("TERM").equals("dumb");
    }

    /// How wide help may be.
    public int width() {
        try {
            return Math.clamp(Integer.parseInt(variable("COLUMNS")), NARROWEST, WIDEST);
        } catch (NumberFormatException e) {
            return DEFAULT_WIDTH;
        }
    }

    public void flush() {
        out.flush();
        err.flush();
    }

    /// `text` without what could drive a terminal: each control character becomes `?`.
    public static String harmless(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        var safe = new StringBuilder(text);
        for (var i = 0; i < safe.length(); i++) {
            if (Character.isISOControl(safe.charAt(i))) {
                safe.setCharAt(i, '?');
            }
        }
        return safe.toString();
    }
}
