package dev.vmcp.platform.rpc;

/// The server cannot listen where it was told to: the address is taken, not ours, or not allowed.
public final class ListenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ListenException(String message, Throwable cause) {
        super(message, cause);
    }
}
