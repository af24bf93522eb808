package dev.vmcp.platform.sqlite;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/// The disk or the database refused. Nothing is known about what a failed commit left on disk.
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    public StoreException(String message, boolean retryable) {
        super(message);
        this.retryable = retryable;
    }

    public StoreException(String message, Throwable cause, boolean retryable) {
        super(message, cause);
        this.retryable = retryable;
    }

    /// Says what was being done, and judges by SQLite's result code whether asking again can help.
    static StoreException of(String doing, SQLException cause) {
        return new StoreException(doing + ": " + cause.getMessage(), cause, passing(cause));
    }

    /// Whether the same request may succeed later: the disk is full, busy or failing now.
    public boolean retryable() {
        return retryable;
    }

    private static boolean passing(SQLException cause) {
        return switch (SQLiteErrorCode.getErrorCode(cause.getErrorCode())) {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM -> true;
            default -> false;
        };
    }

    /// Whether the failure is one of the machine, which each other request would meet too.
    static boolean ofTheMachine(SQLException cause) {
        return switch (SQLiteErrorCode.getErrorCode(cause.getErrorCode())) {
            case SQLITE_BUSY,
                    SQLITE_LOCKED,
                    SQLITE_FULL,
                    SQLITE_IOERR,
                    SQLITE_NOMEM,
                    SQLITE_READONLY,
                    SQLITE_CORRUPT,
                    SQLITE_NOTADB,
                    SQLITE_CANTOPEN,
                    SQLITE_PERM ->
                    true;
            default -> false;
        };
    }
}
