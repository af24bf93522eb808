package dev.vmcp.platform.config;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What a program does after it read its configuration: go on with it, or end with a status because
/// the configuration is wrong or was all that was asked for.
public sealed interface Startup<T> {

    /// The exit status for a wrong configuration: `EX_CONFIG` of sysexits.h.
    int WRONG_CONFIGURATION = 78;

    record Go<T>(T configuration) implements Startup<T> {}

    record End<T>(int status) implements Startup<T> {}

    /// Where answers go.
    record Output(PrintStream out, PrintStream err) {
        public static Output standard() {
            return new Output(System.out, System.err);
        }
    }

    /// Judges a configuration, reports every fault at once, and answers `--check-config`,
    /// `--print-config` and `--help`.
    ///
    /// @param rules finds the faults that concern several settings
    /// @param form makes the program's own records; called only when there is no fault
    static <T> Startup<T> of(
            Configuration configuration,
            Function<Configuration, List<Fault>> rules,
            Function<Configuration, T> form,
            Output output) {
        if (configuration.request() == Request.HELP) {
            var settings = configuration.entries().stream().<Setting<?>>map(e -> e.setting());
            output.out().print(Reference.help(settings.toList()));
            return new End<>(0);
        }
        var faults = new ArrayList<>(configuration.faults());
        faults.addAll(rules.apply(configuration));
        if (!faults.isEmpty()) {
            output.err().println("the configuration has " + count(faults.size()) + ":");
            faults.forEach(fault -> output.err().println("  " + fault.sentence()));
            return new End<>(WRONG_CONFIGURATION);
        }
        return switch (configuration.request()) {
            case RUN -> new Go<>(form.apply(configuration));
            case CHECK -> {
                output.out().println("the configuration is sound");
                yield new End<>(0);
            }
            case PRINT, HELP -> {
                output.out().print(print(configuration));
                yield new End<>(0);
            }
        };
    }

    private static String count(int faults) {
        return faults == 1 ? "a problem" : faults + " problems";
    }

    private static String print(Configuration configuration) {
        return configuration.entries().stream()
                .map(entry ->
                        "%s%s = %s  # %s\n"
                                .formatted(
                                        entry.setting().inFile() ? "" : "# ",
                                        entry.setting().key(),
                                        quote(entry.setting().shown(entry.text())),
                                        printable(entry.source())))
                .collect(Collectors.joining());
    }

    /// A TOML basic string.
    private static String quote(String text) {
        var quoted = new StringBuilder("\"");
        text.codePoints()
                .forEach(c -> {
                    if (c == '"' || c == '\\') {
                        quoted.append('\\').appendCodePoint(c);
                    } else if (Character.isISOControl(c)) {
                        quoted.append("\\u%04x".formatted(c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                });
        return quoted.append('"').toString();
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "\uFFFD");
    }
}
