package dev.vmcp.core.access;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What a caller may do; each scope includes those before it.
public enum Scope {
    /// See VMs, consoles and capabilities.
    READ,
    /// Change VMs.
    OPERATE,
    /// Decide who else may do what.
    ADMIN;

    public static final String EXPECTED = "read, operate or admin";

    public static Optional<Scope> named(String word) {
        return Stream.of(values()).filter(scope -> scope.word().equals(word)).findFirst();
    }

    public boolean covers(Scope wanted) {
        return compareTo(wanted) >= 0;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
