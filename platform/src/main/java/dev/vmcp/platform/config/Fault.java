package dev.vmcp.platform.config;

import java.util.regex.Pattern;

/// One problem of the configuration: where it stands, what it says, what was expected.
///
/// @param source `flag`, `environment`, `default`, or the path of the file
/// @param key the name as that source spells it; may be empty
public record Fault(String source, String key, String value, String expected) {
    private static final int LONGEST_VALUE = 120;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}\\p{Cf}\\p{Cs}]");

    public Fault {
        key = shown(key);
        value = shown(value);
    }

    /// `environment: UNKEY_VMCP_PORT: abc (expected: a port, 0 to 65535)`
    public String sentence() {
        var where = key.isEmpty() ? source : source + ": " + key;
        var what = value.isEmpty() ? "\"\"" : value;
        return where + ": " + what + " (expected: " + expected + ")";
    }

    private static String shown(String text) {
        var cut = text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "…" : text;
        return UNPRINTABLE.matcher(cut).replaceAll("\uFFFD");
    }
}
