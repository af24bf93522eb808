package dev.vmcp.host.keeper;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Problem.Thing;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.host.journal.Snapshot;
import java.util.ArrayList;
import java.util.List;

/// The step that starts a VM from a snapshot: of a guest with the same spec on the same backend.
final class Resuming {

    private final Ground ground;
    private final VmState vm;
    private final Starting starting;
    private final SnapshotStore snapshots;

    Resuming(Ground ground, VmState vm, Starting starting, SnapshotStore snapshots) {
        this.ground = ground;
        this.vm = vm;
        this.starting = starting;
        this.snapshots = snapshots;
    }

    /// @throws Halted when it is refused, or did not start
    void restore(String id) {
        var snapshot =
                snapshots
                        .find(id)
                        .orElseThrow(() -> new Halted(new Problem.Absent(Thing.SNAPSHOT, id)));
        var backend = vm.record().backend();
        Abilities.require(ground, backend, CapabilityName.RESTORE, "snapshot_id");
        var differences = differences(snapshot);
        if (!differences.isEmpty()) {
            throw new Halted(new Problem.InvalidInput(differences));
        }
        starting.restore(new Diffs(snapshots).under(snapshot));
        Diffs.since(vm, snapshot);
    }

    private List<Violation> differences(Snapshot snapshot) {
        var mine = vm.record().spec();
        var its = snapshot.spec();
        var found = new ArrayList<Violation>();
        compare("backend", vm.record().backend(), snapshot.backend(), found);
        compare("config.cpu", mine.cpu(), its.cpu(), found);
        compare("config.memory", mine.memory(), its.memory(), found);
        compare("config.boot", mine.boot(), its.boot(), found);
        compare("config.storage", mine.disks(), its.disks(), found);
        compare("config.network", mine.nics(), its.nics(), found);
        compare("config.console", mine.console(), its.console(), found);
        return found;
    }

    private static void compare(String field, Object mine, Object its, List<Violation> found) {
        if (!mine.equals(its)) {
            found.add(Violation.of(field, mine, "as in the snapshot: " + its));
        }
    }
}
