package dev.vmcp.core.vm;

import java.util.regex.Pattern;

/// One start of a VMM. Unique for ever on its host; stands in the VMM's argument list, so that a
/// scan of processes finds what belongs to us.
public record LaunchId(String value) {

    private static final Pattern FORM = Pattern.compile("l-[0-9a-f]{24}");

    public LaunchId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("launch: " + value + " (expected: " + FORM + ")");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
