package dev.vmcp.core.vm;

import java.util.Map;
import java.util.TreeMap;

/// The caller's own notes on a VM: kept and returned, never read by us, so only their size and form
/// matter.
final class MetadataRules {

    static final int MOST_ENTRIES = 64;
    static final int LONGEST_KEY = 128;
    static final int LONGEST_VALUE = 4096;

    private MetadataRules() {}

    static void check(Map<String, String> metadata, Objections objections) {
        if (!objections.require(
                metadata.size() <= MOST_ENTRIES,
                "config.metadata",
                metadata.size() + " entries",
                "at most " + MOST_ENTRIES)) {
            return;
        }
        new TreeMap<>(metadata).forEach((key, value) -> entry(key, value, objections));
    }

    private static void entry(String key, String value, Objections objections) {
        var field = "config.metadata[" + key + "]";
        var fine =
                objections.require(
                        !key.isEmpty() && TextForm.line(key) && TextForm.bytes(key) <= LONGEST_KEY,
                        field,
                        key,
                        "a key of 1 to " + LONGEST_KEY + " bytes without control characters");
        if (fine) {
            objections.require(
                    TextForm.prose(value) && TextForm.bytes(value) <= LONGEST_VALUE,
                    field,
                    value,
                    "a value of at most " + LONGEST_VALUE + " bytes without NUL");
        }
    }
}
