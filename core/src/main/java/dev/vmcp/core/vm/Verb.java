package dev.vmcp.core.vm;

import java.util.Locale;

/// What a caller can ask of an existing VM.
public enum Verb {
    BOOT,
    PAUSE,
    RESUME,
    SHUTDOWN,
    REBOOT,
    DELETE;

    /// `boot`, `pause` and so on, for messages.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
