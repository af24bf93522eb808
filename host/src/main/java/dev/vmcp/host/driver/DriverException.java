package dev.vmcp.host.driver;

/// A hypervisor could not do what it was told.
public final class DriverException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What kind of failure it was.
    public enum Kind {
        /// The VMM answered no; the message has its words.
        REFUSED,
        /// This guest cannot, as it was started or as it stands; the message says so, and what
        /// would do.
        NOT_NOW,
        /// The process or its control connection is gone.
        GONE,
        /// No answer by the deadline.
        SILENT,
        /// This host does not let us (a file, a right, a full disk).
        HOST
    }

    private final Kind kind;

    public DriverException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public DriverException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /// Whether the same call may succeed later without a change by anybody.
    public boolean retryable() {
        return kind == Kind.SILENT;
    }
}
