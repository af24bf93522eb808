package dev.vmcp.verify.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Prints what a benchmark found, for people and for `docs/performance.md`.
final class Report {

    private final PrintStream out;

    Report(PrintStream out) {
        this.out = out;
    }

    void machine(String bench) {
        line("bench", "%s, %s", bench, Instant.now().truncatedTo(ChronoUnit.SECONDS));
        line(
                "machine",
                "%d CPUs (%s), Linux %s, load %s, Java %s",
                Runtime.getRuntime().availableProcessors(),
                field(Path.of("/proc/cpuinfo"), "model name"),
                System.getProperty("os.version"),
                first(Path.of("/proc/loadavg")),
                Runtime.version());
    }

    void line(String what, String format, Object... values) {
        out.printf("%-34s %s%n", what, String.format(Locale.ROOT, format, values));
    }

    /// A budget that is an upper bound.
    void atMost(String what, double measured, double budget, String unit) {
        verdict(what, measured, "<=", budget, unit, measured <= budget);
    }

    /// A budget that is a lower bound.
    void atLeast(String what, double measured, double budget, String unit) {
        verdict(what, measured, ">=", budget, unit, measured >= budget);
    }

    private void verdict(
            String what, double measured, String sign, double budget, String unit, boolean met) {
        line(
                "budget: " + what,
                "%.3g%s (%s %s%s): %s",
                measured,
                unit,
                sign,
                budget == Math.rint(budget) ? Long.toString((long) budget) : budget,
                unit,
                met ? "met" : "NOT met");
    }

    private static String first(Path file) {
        try {
            return Files.readString(file).split(" ", 2)[0];
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String field(Path file, String name) {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
