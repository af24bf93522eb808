package dev.vmcp.host.backup;

/// A backup cannot be taken, or is not put back; the message names the file and the cure. Nothing
/// was changed.
public final class BackupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BackupException(String message) {
        super(message);
    }

    BackupException(String message, Throwable cause) {
        super(message, cause);
    }
}
