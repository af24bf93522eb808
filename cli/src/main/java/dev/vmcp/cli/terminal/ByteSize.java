package dev.vmcp.cli.terminal;

import java.util.Locale;

/// Amounts of bytes as people write and read them.
public final class ByteSize {
    private static final String UNITS = "KMGTP";

    private ByteSize() {}

    /// Reads `512MiB`, `2G`, `2GiB`, `1024`: units are powers of 1024, as memory is counted.
    ///
    /// @throws IllegalArgumentException naming the text and what was expected
    public static long parse(String text) {
        var digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        var unit = text.substring(digits).strip().toUpperCase(Locale.ROOT);
        try {
            return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), factor(unit));
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a size (expected: such as 512MiB or 2GiB)", e);
        }
    }

    private static long factor(String unit) {
        if (unit.isEmpty() || unit.equals("B")) {
            return 1;
        }
        var power = UNITS.indexOf(unit.charAt(0)) + 1;
        var rest = unit.substring(1);
        if (power == 0 || !(rest.isEmpty() || rest.equals("B") || rest.equals("IB"))) {
            throw new IllegalArgumentException(unit);
        }
        return 1L << (10 * power);
    }

    /// `512 MiB`, `1.5 GiB`, `100 B`.
    public static String show(long bytes) {
        var power = 0;
        var tenths = bytes * 10.0;
        while (tenths >= 10_240 && power < UNITS.length()) {
            tenths /= 1024;
            power++;
        }
        var rounded = Math.round(tenths);
        var number =
                rounded % 10 == 0 ? Long.toString(rounded / 10) : rounded / 10 + "." + rounded % 10;
        return number + (power == 0 ? " B" : " " + UNITS.charAt(power - 1) + "iB");
    }
}
