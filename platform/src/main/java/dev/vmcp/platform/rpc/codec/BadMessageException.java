package dev.vmcp.platform.rpc.codec;

/// The bytes of a caller are not the message that they should be. The text is meant for that
/// caller.
public final class BadMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean tooLarge;

    private BadMessageException(String message, boolean tooLarge) {
        super(message, null, false, false);
        this.tooLarge = tooLarge;
    }

    public static BadMessageException malformed(String message) {
        return new BadMessageException(message, false);
    }

    public static BadMessageException tooLarge(int limit) {
        return new BadMessageException("message is larger than " + limit + " bytes", true);
    }

    /// Whether the message is refused for its size and not for its content.
    public boolean tooLarge() {
        return tooLarge;
    }

    /// The text for the caller.
    public String text() {
        var text = getMessage();
        return text == null ? "malformed message" : text;
    }
}
