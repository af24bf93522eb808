package dev.vmcp.host.keeper;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Base;
import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Snapshots.Extent;
import dev.vmcp.host.journal.Snapshot;
import dev.vmcp.host.process.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The step that saves a guest. A guest that runs is paused meanwhile; that it is to run on is
/// journaled first, so that it does also when we crash in between.
final class Saving {

    private static final Logger LOG = LoggerFactory.getLogger(Saving.class);

    private final Ground ground;
    private final VmState vm;
    private final SnapshotStore snapshots;

    Saving(Ground ground, VmState vm, SnapshotStore snapshots) {
        this.ground = ground;
        this.vm = vm;
        this.snapshots = snapshots;
    }

    /// Returns the id of the snapshot.
    ///
    /// @throws Halted when nothing was saved; the guest is then as before
    String save(Wish.Save wish) {
        var record = vm.record();
        var ability = wish.diff() ? CapabilityName.SNAPSHOT_DIFF : CapabilityName.SNAPSHOT_FULL;
        Abilities.require(ground, record.backend(), ability, wish.diff() ? "diff" : "vm_id");
        var id = wish.snapshot().isEmpty() ? newId() : wish.snapshot();
        var base = wish.diff() ? new Diffs(snapshots).next(record) : Base.NONE;
        boolean running = vm.phase() instanceof Phase.Running;
        var state = staged(id);
        try {
            // What the VMM writes from here on may be lost, and no diff can stand on it then.
            vm.commit(new Pending.Saving(id, running), Base.NONE);
            write(state, wish.diff() ? Extent.DIFF : Extent.FULL, running);
            var kept = snapshots.keep(described(id, wish.diff(), base));
            Diffs.since(vm, kept);
            LOG.atInfo()
                    .addKeyValue("vm", vm.id())
                    .addKeyValue("snapshot", id)
                    .addKeyValue("bytes", kept.size())
                    .log("snapshot taken");
            return id;
        } catch (IOException | UncheckedIOException e) {
            throw unwritable(e);
        } catch (DriverException e) {
            throw new Halted(Failures.problem(vm.id(), "snapshot", e));
        } finally {
            snapshots.discard(id);
        }
    }

    private Path staged(String id) {
        var launch = vm.requireLive().launch();
        int uid = ground.layout().launch(launch, vm.id(), vm.record().slot()).uid();
        try {
            return snapshots.stage(id, uid);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private Halted unwritable(Exception e) {
        return new Halted(new Problem.NotNow("snapshot of VM " + vm.id(), SnapshotStore.words(e)));
    }

    private Snapshot described(String id, boolean diff, Base base) {
        var record = vm.record();
        return new Snapshot(
                id,
                record.id(),
                record.spec(),
                record.backend(),
                vm.view().version(),
                ground.clock().instant(),
                diff,
                base,
                0);
    }

    /// Whatever comes of it, a guest that ran is told to run on.
    private void write(Path state, Extent extent, boolean running) {
        Live live = vm.requireLive().requireControl();
        try {
            if (running) {
                live.pause(Deadline.in(ground.limits().command()));
            }
            live.snapshots()
                    .orElseThrow(() ->
                            new DriverException(
                                    DriverException.Kind.REFUSED, "this VM cannot be saved"))
                    .save(state, extent, Deadline.in(ground.limits().save()));
        } finally {
            if (!Thread.currentThread().isInterrupted()) {
                goOn(running);
            }
        }
    }

    /// A guest that cannot be told now is told later: see [Errands#conclude].
    private void goOn(boolean resume) {
        try {
            if (resume) {
                vm.requireLive().requireControl().resume(Deadline.in(ground.limits().command()));
                if (vm.phase() instanceof Phase.Paused) {
                    vm.commit(new Event.RunSeen());
                }
            }
            vm.commit(vm.record().spec(), Pending.none());
        } catch (DriverException e) {
            LOG.atWarn()
                    .addKeyValue("vm", vm.id())
                    .addKeyValue("kind", e.kind())
                    .addKeyValue("error", e.getMessage())
                    .log("guest not resumed after a snapshot");
        }
    }

    /// Removes what a crash of ours left of a snapshot, and lets the guest run on.
    void conclude(String snapshot, boolean resume) {
        snapshots.discard(snapshot);
        goOn(resume);
    }

    private String newId() {
        var bytes = new byte[6];
        ground.random().nextBytes(bytes);
        return "snap-" + HexFormat.of().formatHex(bytes);
    }
}
