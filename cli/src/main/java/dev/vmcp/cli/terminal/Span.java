package dev.vmcp.cli.terminal;

import java.time.Duration;

/// Lengths of time as people write and read them.
public final class Span {
    private Span() {}

    /// Reads `250ms`, `30s`, `5m`, `2h`, `30d`, or a number of seconds.
    ///
    /// @throws IllegalArgumentException naming the text and what was expected
    public static Duration parse(String text) {
        var digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        try {
            var number = Long.parseLong(text.substring(0, digits));
            return switch (text.substring(digits)) {
                case "ms" -> Duration.ofMillis(number);
                case "s", "" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                case "d" -> Duration.ofDays(number);
                default -> throw new IllegalArgumentException(text);
            };
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a time (expected: such as 30s, 5m, 2h or 30d)", e);
        }
    }

    /// `12s`, `5m`, `3h12m`, `4d`: two units at most.
    public static String show(Duration time) {
        var seconds = Math.max(0, time.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + "m";
        }
        if (seconds < 2 * 86_400) {
            var minutes = seconds / 60 % 60;
            return seconds / 3_600 + "h" + (minutes == 0 ? "" : minutes + "m");
        }
        return seconds / 86_400 + "d";
    }
}
