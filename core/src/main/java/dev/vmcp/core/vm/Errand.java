package dev.vmcp.core.vm;

import java.util.Locale;

/// What a caller can ask of an existing VM beside the [Verb]s.
public enum Errand {
    /// Another specification, and of a guest that runs other devices or sizes.
    CHANGE,
    /// A snapshot of its guest.
    SNAPSHOT,
    /// A start from a snapshot.
    RESTORE;

    /// `change`, `snapshot`, `restore`, for messages.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
