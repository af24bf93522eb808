package dev.vmcp.host.config;

import dev.vmcp.platform.config.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The name under which the host was started. The drop-in names keep the defaults, and `chcp-api`
/// the variables, of the programs that they replace.
public enum Program {
    VMCP("vmcp"),
    VMCP_API("vmcp-api"),
    CHCP_API("chcp-api");

    private static final String OURS = "UNKEY_VMCP_";

    private final String word;

    Program(String word) {
        this.word = word;
    }

    /// The program of that name.
    public static Optional<Program> named(String word) {
        return Arrays.stream(values()).filter(program -> program.word.equals(word)).findFirst();
    }

    /// As it stands on a command line.
    public String word() {
        return word;
    }

    /// Whether it stands in for a program that listened everywhere without asking who calls.
    public boolean isDropIn() {
        return this != VMCP;
    }

    /// The setting with the variables that this program reads: `chcp-api` prefers the twins of its
    /// predecessor, `CHCP_…` and `UNKEY_CHCP_…`.
    <T> Setting<T> names(Setting<T> setting) {
        return setting.withEnvironment(
                setting.environment().stream().flatMap(this::twins).toList());
    }

    private Stream<String> twins(String variable) {
        if (this != CHCP_API || !variable.startsWith(OURS)) {
            return Stream.of(variable);
        }
        var rest = variable.substring(OURS.length());
        var unkey = "UNKEY_CHCP_" + rest;
        return rest.startsWith("OTEL_")
                ? Stream.of(unkey, variable)
                : List.of("CHCP_" + rest, unkey, variable).stream();
    }
}
