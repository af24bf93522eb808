package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.journal.VmRecord;
import java.time.Instant;
import java.util.Optional;

/// One VM as last published: what is recorded, and what was observed and when. Immutable.
///
/// @param pid of the VMM; 0 when there is none
/// @param version of the VMM, empty when none runs
/// @param screen the socket that serves the guest's screen by VNC; empty where there is none
/// @param attached whether its VMM is, or would be, one that somebody else started
/// @param remark what an operator should know beside the phase, such as a lost control connection
/// @param usage the last reading of the counters
public record VmView(
        VmRecord record,
        long pid,
        String version,
        String screen,
        boolean attached,
        String remark,
        Instant observedAt,
        Optional<Usage> usage) {

    /// @param cpuPercent of one CPU, over the time between the last two readings
    public record Usage(Counters counters, double cpuPercent, Instant at) {}

    /// Why the VM is in its phase, where there is more to say.
    public String reason() {
        return switch (record.phase()) {
            case Phase.Failed(var why) -> why;
            case Phase.Stopped(var how) -> how;
            case Phase.Created _,
                    Phase.Booting _,
                    Phase.Running _,
                    Phase.Paused _,
                    Phase.Stopping _,
                    Phase.Deleting _ ->
                    remark;
        };
    }

    VmView withUsage(Usage reading) {
        return new VmView(
                record, pid, version, screen, attached, remark, observedAt, Optional.of(reading));
    }
}
