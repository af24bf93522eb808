package dev.vmcp.host.journal;

import dev.vmcp.core.vm.Pending;
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
/// @param pending what is under way on the guest that runs
/// @param revision of the commit that wrote this; grows with every commit of the journal
public record VmRecord(
        VmId id,
        VmSpec spec,
        String backend,
        String reason,
        int slot,
        Phase phase,
        Run run,
        Pending pending,
        Instant created,
        Instant modified,
        long revision) {

    /// A VM that never ran.
    public static VmRecord created(
            VmId id, VmSpec spec, String backend, String reason, int slot, Instant now) {
        return new VmRecord(
                id,
                spec,
                backend,
                reason,
                slot,
                new Phase.Created(),
                Run.NONE,
                Pending.none(),
                now,
                now,
                0);
    }

    /// What was under way on a guest is over when it has no VMM any more.
    public VmRecord with(Phase next, Run nextRun, Instant now) {
        var left =
                next.launches().isEmpty() || next instanceof Phase.Booting
                        ? Pending.none()
                        : pending;
        return new VmRecord(
                id, spec, backend, reason, slot, next, nextRun, left, created, now, revision);
    }

    public VmRecord with(VmSpec other, Pending left, Instant now) {
        return new VmRecord(
                id, other, backend, reason, slot, phase, run, left, created, now, revision);
    }

    public VmRecord with(Pending left, Run other, Instant now) {
        return new VmRecord(
                id, spec, backend, reason, slot, phase, other, left, created, now, revision);
    }

    VmRecord withRevision(long committed) {
        return new VmRecord(
                id, spec, backend, reason, slot, phase, run, pending, created, modified, committed);
    }
}
