package dev.vmcp.core.backend;

/// One key that one backend knows in one map.
///
/// @param meaning a sentence for the reference page; says what holds when the key is absent
public record OptionKey(
        String backend, OptionField field, String key, OptionValues values, String meaning) {}
