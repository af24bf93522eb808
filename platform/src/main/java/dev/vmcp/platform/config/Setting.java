package dev.vmcp.platform.config;

import java.util.List;

/// One thing that can be set: declared once, with every name it has.
///
/// @param key the dotted key in the TOML file; the setting's identity
/// @param flag such as `--port`
/// @param environment names of variables; the first that is set and not empty counts
/// @param fallback the text that counts when no source says anything
/// @param fallbackShown what the reference says of the default
/// @param inFile whether the file may hold it
/// @param secret whether its value is hidden from what we print
public record Setting<T>(
        String key,
        Kind<T> kind,
        String flag,
        List<String> environment,
        String fallback,
        String fallbackShown,
        String description,
        boolean inFile,
        boolean secret) {

    public Setting {
        environment = List.copyOf(environment);
    }

    /// A setting without a default value, a description, or names in the environment; its flag is
    /// its key with dashes.
    public static <T> Setting<T> of(String key, Kind<T> kind) {
        var flag = "--" + key.replace('.', '-');
        return new Setting<>(key, kind, flag, List.of(), "", "", "", true, false);
    }

    public Setting<T> withFlag(String flag) {
        return new Setting<>(
                key, kind, flag, environment, fallback, fallbackShown, description, inFile, secret);
    }

    public Setting<T> withEnvironment(List<String> names) {
        return new Setting<>(
                key, kind, flag, names, fallback, fallbackShown, description, inFile, secret);
    }

    public Setting<T> env(String name) {
        return withEnvironment(List.of(name));
    }

    /// The default.
    public Setting<T> or(String value) {
        return or(value, value.isEmpty() ? "" : "`" + value + "`");
    }

    /// The default, and how the reference puts it where it depends on something.
    public Setting<T> or(String value, String shown) {
        return new Setting<>(
                key, kind, flag, environment, value, shown, description, inFile, secret);
    }

    public Setting<T> says(String description) {
        return new Setting<>(
                key, kind, flag, environment, fallback, fallbackShown, description, inFile, secret);
    }

    public Setting<T> notInFile() {
        return new Setting<>(
                key, kind, flag, environment, fallback, fallbackShown, description, false, secret);
    }

    public Setting<T> hidden() {
        return new Setting<>(
                key, kind, flag, environment, fallback, fallbackShown, description, inFile, true);
    }

    boolean isBoolean() {
        return kind.name().equals("boolean");
    }

    /// The value as it may be printed.
    String shown(String value) {
        return secret && !value.isEmpty() ? "(hidden)" : value;
    }
}
