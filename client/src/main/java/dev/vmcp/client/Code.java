package dev.vmcp.client;

import java.util.Locale;

/// The sixteen ways in which a call fails, as the Connect protocol names them.
public enum Code {
    CANCELED,
    UNKNOWN,
    INVALID_ARGUMENT,
    DEADLINE_EXCEEDED,
    NOT_FOUND,
    ALREADY_EXISTS,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    FAILED_PRECONDITION,
    ABORTED,
    OUT_OF_RANGE,
    UNIMPLEMENTED,
    INTERNAL,
    UNAVAILABLE,
    DATA_LOSS,
    UNAUTHENTICATED;

    /// The name on the wire: `not_found`.
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The code of that name; [#UNKNOWN] for one that the protocol does not have.
    static Code parse(String wireName) {
        for (var code : values()) {
            if (code.wireName().equals(wireName)) {
                return code;
            }
        }
        return UNKNOWN;
    }

    /// What an HTTP status means that came without an error of the protocol: something on the way,
    /// or a server of another kind, has spoken.
    static Code ofHttpStatus(int status) {
        return switch (status) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 413 -> RESOURCE_EXHAUSTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }
}
