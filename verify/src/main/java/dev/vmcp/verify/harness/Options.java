package dev.vmcp.verify.harness;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a program was told: `--name value` pairs. For one thread.
public final class Options {

    /// What was told is not what the program takes; the message names it and says what it does.
    public static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1;

        Wrong(String message) {
            super(message);
        }
    }

    /// A program that takes options; it asks for all of them and calls [#requireNoOther] before it
    /// does anything.
    @FunctionalInterface
    public interface Program {
        /// The status that the program exits with.
        int run(Options options) throws Exception;
    }

    private static final int USAGE = 64;

    private final Map<String, String> told = new TreeMap<>();
    private final TreeSet<String> known = new TreeSet<>();

    /// @throws Wrong when a word is no `--name` or has no value after it
    public Options(List<String> words) {
        for (int i = 0; i < words.size(); i += 2) {
            var name = words.get(i);
            if (!name.startsWith("--") || i + 1 == words.size()) {
                throw new Wrong(name + " (expected: --name VALUE)");
            }
            told.put(name.substring(2), words.get(i + 1));
        }
    }

    /// Runs the program and exits; with 64 and a word about it when its options are wrong.
    public static void main(List<String> words, Program program) throws Exception {
        try {
            System.exit(program.run(new Options(words)));
        } catch (Wrong e) {
            System.err.println(e.getMessage());
            System.exit(USAGE);
        }
    }

    /// What was told, or what is usual.
    public String word(String name, String usual) {
        known.add("--" + name);
        return told.getOrDefault(name, usual);
    }

    /// As [#word].
    ///
    /// @throws Wrong when it is none of `choices`
    public String choice(String name, String usual, List<String> choices) {
        var value = word(name, usual);
        if (!choices.contains(value)) {
            throw new Wrong(
                    "--" + name + ": " + value + " (expected: " + String.join(", ", choices) + ")");
        }
        return value;
    }

    /// As [#word].
    ///
    /// @throws Wrong when it was told as something else than a whole number
    public long number(String name, long usual) {
        var value = word(name, Long.toString(usual));
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new Wrong("--" + name + ": " + value + " (expected: a whole number)");
        }
    }

    /// As [#number].
    ///
    /// @throws Wrong when it is less than 0 or more than an `int`
    public int count(String name, int usual) {
        long value = number(name, usual);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new Wrong("--" + name + ": " + value + " (expected: 0 to 2147483647)");
        }
        return (int) value;
    }

    /// @throws Wrong when something was told that nobody has asked for
    public void requireNoOther() {
        for (var name : told.keySet()) {
            if (!known.contains("--" + name)) {
                throw new Wrong("--" + name + " (expected: " + String.join(", ", known) + ")");
            }
        }
    }
}
