package dev.vmcp.host.journal;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Run;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import java.time.Instant;

/// What is committed of one VM.
///
/// @param backend the driver's name
/// @param reason why this backend
/// @param slot a small number that no other VM of this host has; gives the VMM its uid
/// @param revision of the commit that wrote this; grows with every commit of the journal
public record VmRecord(
        VmId id,
        VmSpec spec,
        String backend,
        String reason,
        int slot,
        Phase phase,
        Run run,
        Instant created,
        Instant modified,
        long revision) {

    /// A VM that never ran.
    public static VmRecord created(
            VmId id, VmSpec spec, String backend, String reason, int slot, Instant now) {
        return new VmRecord(
                id, spec, backend, reason, slot, new Phase.Created(), Run.NONE, now, now, 0);
    }

    public VmRecord with(Phase next, Run nextRun, Instant now) {
        return new VmRecord(id, spec, backend, reason, slot, next, nextRun, created, now, revision);
    }

    VmRecord withRevision(long committed) {
        return new VmRecord(
                id, spec, backend, reason, slot, phase, run, created, modified, committed);
    }
}
