package dev.vmcp.client;

import java.util.List;

/// A call was refused, failed, or did not reach the host.
public final class CallFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final transient List<Detail> details;

    public CallFailed(Code code, String message, List<Detail> details) {
        super(message);
        this.code = code;
        this.details = List.copyOf(details);
    }

    CallFailed(Code code, String message) {
        this(code, message, List.of());
    }

    CallFailed(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.details = List.of();
    }

    public Code code() {
        return code;
    }

    /// The host's words, without the code.
    public String message() {
        var message = getMessage();
        return message == null ? "" : message;
    }

    public List<Detail> details() {
        return details;
    }

    /// Every field that was refused; empty when the failure was of another kind.
    public List<FieldViolation> violations() {
        return details.stream()
                .filter(detail -> detail.type().equals(FieldViolation.BAD_REQUEST))
                .flatMap(detail -> FieldViolation.of(detail.value()).stream())
                .toList();
    }
}
