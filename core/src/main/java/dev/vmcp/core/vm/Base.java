package dev.vmcp.core.vm;

import java.time.Instant;

/// A snapshot that a diff stands on: the diff holds only what changed since.
///
/// @param snapshot its id; empty = none
/// @param created when it was taken, which tells it from another of the same id
public record Base(String snapshot, Instant created) {

    public static final Base NONE = new Base("", Instant.EPOCH);

    public boolean none() {
        return snapshot.isEmpty();
    }
}
