package dev.vmcp.platform.config;

import java.util.List;
import java.util.Optional;

/// What the command line asks for.
enum Request {
    RUN,
    CHECK,
    PRINT,
    HELP;

    static final List<String> FLAGS = List.of("--check-config", "--print-config", "--help");

    static Optional<Request> of(String flag) {
        return switch (flag) {
            case "--check-config" -> Optional.of(CHECK);
            case "--print-config" -> Optional.of(PRINT);
            case "--help", "-h" -> Optional.of(HELP);
            default -> Optional.empty();
        };
    }
}
