package dev.vmcp.core.problem;

/// One thing wrong with an input: which field, what it held, what was expected instead.
///
/// `field` is the path as the wire spells it (`config.memory.size_bytes`,
/// `config.storage[1].path`); it may hold a key of a map, which is the caller's. So `field` and
/// `value` are cut to [#LONGEST_VALUE] characters and freed of control characters, lest a hostile
/// input forge a log line or flood an answer.
public record Violation(String field, String value, String expected) {

    /// The most characters of an offending value, or of its field, that an answer repeats.
    public static final int LONGEST_VALUE = 120;

    public Violation {
        field = shown(field);
        value = shown(value);
    }

    public static Violation of(String field, Object value, String expected) {
        return new Violation(field, String.valueOf(value), expected);
    }

    /// `config.cpu.vcpu_count: 0 (expected: 1 to 288)`
    public String sentence() {
        return field + ": " + (value.isEmpty() ? "\"\"" : value) + " (expected: " + expected + ")";
    }

    private static String shown(String value) {
        var cut = value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) + "…" : value;
        var clean = new StringBuilder(cut.length());
        cut.codePoints().forEach(c -> clean.appendCodePoint(printable(c) ? c : '\uFFFD'));
        return clean.toString();
    }

    private static boolean printable(int c) {
        return !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE;
    }
}
