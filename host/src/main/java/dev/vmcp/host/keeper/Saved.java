package dev.vmcp.host.keeper;

import dev.vmcp.host.journal.Snapshot;
import java.time.Instant;

/// One snapshot as callers see it.
///
/// @param vm whose guest it is of; that VM may be gone
/// @param version of the VMM that wrote it
/// @param base the snapshot that a diff stands on; empty for none
/// @param size what its files take, in bytes
public record Saved(
        String id,
        String vm,
        String backend,
        String version,
        Instant created,
        boolean diff,
        String base,
        long size) {

    static Saved of(Snapshot snapshot) {
        return new Saved(
                snapshot.id(),
                snapshot.vm().value(),
                snapshot.backend(),
                snapshot.version(),
                snapshot.created(),
                snapshot.diff(),
                snapshot.base().snapshot(),
                snapshot.size());
    }
}
