package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.driver.Attachment;
import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.journal.VmRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/// What readers see of one VM, who wait for nobody. Renewed by the VM's loop, and by readings of
/// the counters beside it.
final class Published {

    private static final String UNVERIFIED =
            "as last recorded; not yet verified with its VMM since vmcp started";

    private final Ground ground;
    private final AtomicReference<VmView> last;
    private String remark;

    /// Begins with what was seen when `record` was committed: its VMM was not looked at yet.
    Published(Ground ground, VmRecord record) {
        this.ground = ground;
        this.last = new AtomicReference<>(asRecorded(record));
        this.remark = last.get().remark();
    }

    VmView last() {
        return last.get();
    }

    /// What an operator should know beside the phase, as last renewed by the loop.
    String remark() {
        return remark;
    }

    /// Shows what is known now as observed now, and tells watchers.
    void renew(VmRecord record, Optional<LiveVm> held, String newRemark) {
        remark = newRemark;
        // Taken anew when a reading came in between, so that neither is lost.
        var shown =
                last.updateAndGet(before ->
                        held.map(live -> running(before, record, live))
                                .orElseGet(() -> atRest(record, newRemark)));
        ground.feed().publish(shown, false);
    }

    /// Takes in a reading of the counters, unless the view changes meanwhile: the next one will do.
    ///
    /// @param current whether the VMM that was read is still the one that is shown
    void read(Counters counters, Instant at, BooleanSupplier current) {
        var before = last.get();
        var usage = new VmView.Usage(counters, percent(before.usage(), counters), at);
        if (current.getAsBoolean()) {
            var _ = last.compareAndSet(before, before.withUsage(usage));
        }
    }

    private VmView asRecorded(VmRecord of) {
        return switch (of.phase()) {
            case Phase.Created _, Phase.Stopped _, Phase.Failed _ -> atRest(of, "");
            case Phase.Running(_, var process) -> unverified(of, process.pid());
            case Phase.Paused(_, var process) -> unverified(of, process.pid());
            case Phase.Stopping(_, var process, _) -> unverified(of, process.pid());
            case Phase.Booting _, Phase.Deleting _ -> unverified(of, 0);
        };
    }

    private VmView atRest(VmRecord of, String why) {
        boolean attached = attachedAtRest(of);
        return new VmView(of, 0, "", "", attached, why, now(), Optional.empty());
    }

    private VmView unverified(VmRecord of, long pid) {
        boolean attached = attachedAtRest(of);
        return new VmView(of, pid, "", "", attached, UNVERIFIED, of.modified(), Optional.empty());
    }

    private VmView running(VmView before, VmRecord of, LiveVm live) {
        long pid = live.process().id().pid();
        boolean same = before.pid() == pid && !before.version().isEmpty();
        var version = same ? before.version() : installedVersion(of);
        var usage = same ? before.usage() : Optional.<VmView.Usage>empty();
        boolean attached = !live.process().ours();
        var screen = screen(of, live.launch());
        return new VmView(of, pid, version, screen, attached, remark, now(), usage);
    }

    private String screen(VmRecord of, LaunchId id) {
        var launch = ground.layout().launch(id, of.id(), of.slot());
        return ground.driver(of.backend()).screen(of.spec(), launch).map(Path::toString).orElse("");
    }

    private boolean attachedAtRest(VmRecord of) {
        return Optional.ofNullable(ground.drivers().get(of.backend()))
                .flatMap(Driver::attachment)
                .filter(Attachment::inUse)
                .isPresent();
    }

    private String installedVersion(VmRecord of) {
        return switch (ground.driver(of.backend()).probe()) {
            case Probe.Installed installed -> installed.version();
            case Probe.Missing _ -> "";
        };
    }

    /// Over the time that the VMM has lived in between, which no jump of a clock changes.
    private static double percent(Optional<VmView.Usage> before, Counters now) {
        return before.map(
                        old -> {
                            long cpu = now.cpuMillis() - old.counters().cpuMillis();
                            long lived = now.uptimeMillis() - old.counters().uptimeMillis();
                            return lived <= 0 ? 0.0 : Math.max(0, 100.0 * cpu / lived);
                        })
                .orElseGet(() ->
                        now.uptimeMillis() <= 0
                                ? 0.0
                                : 100.0 * now.cpuMillis() / now.uptimeMillis());
    }

    private Instant now() {
        return ground.clock().instant();
    }
}
