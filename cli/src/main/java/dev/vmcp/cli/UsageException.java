package dev.vmcp.cli;

/// The words on the command line are fine one by one, but not together or not as values.
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
