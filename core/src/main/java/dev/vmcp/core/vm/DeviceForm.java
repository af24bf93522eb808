package dev.vmcp.core.vm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What disks and network interfaces have in common: their number, their ids, and that some things
/// may be named once only.
final class DeviceForm {

    static final String ID_EXPECTED =
            "1 to 64 characters of A-Z a-z 0-9 . _ -, the first a letter or digit";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /// Things by the field that named them first.
    private final Map<String, String> seen = new HashMap<>();

    private final Objections objections;

    DeviceForm(Objections objections) {
        this.objections = objections;
    }

    static boolean id(String text) {
        return ID.matcher(text).matches();
    }

    /// Objects when `key` was named before.
    void once(String key, String field, String value) {
        var first = seen.putIfAbsent(key, field);
        if (first != null) {
            objections.require(false, field, value, "another than that of " + first);
        }
    }

    /// The devices to look at: all of them, or as many as there may be.
    static <T> List<T> bounded(List<T> devices, String field, Objections objections) {
        var fine =
                objections.require(
                        devices.size() <= SpecRules.MOST_DEVICES,
                        field,
                        devices.size() + " entries",
                        "at most " + SpecRules.MOST_DEVICES);
        return fine ? devices : devices.subList(0, SpecRules.MOST_DEVICES);
    }
}
