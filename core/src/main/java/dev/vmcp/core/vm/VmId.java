package dev.vmcp.core.vm;

import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a VM on its host. Safe as a file name and as part of a command line.
public record VmId(String value) implements Comparable<VmId> {

    /// What [#parse] accepts, in words.
    public static final String EXPECTED =
            "1 to 64 characters of A-Z a-z 0-9 . _ -, the first a letter or digit";

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    public VmId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("vm_id: " + value + " (expected: " + EXPECTED + ")");
        }
    }

    public static Optional<VmId> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new VmId(text)) : Optional.empty();
    }

    @Override
    public int compareTo(VmId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
