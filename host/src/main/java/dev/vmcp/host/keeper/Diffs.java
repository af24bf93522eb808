package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Base;
import dev.vmcp.host.journal.Snapshot;
import dev.vmcp.host.journal.VmRecord;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;

/// What diffs stand on.
record Diffs(SnapshotStore snapshots) {

    /// What the next diff of a guest that runs stands on.
    ///
    /// @throws Halted when there is nothing
    Base next(VmRecord record) {
        var base = record.run().base();
        var what = "diff of VM " + record.id();
        if (base.none()) {
            var why = "no snapshot of this run is there for it to stand on; take a full one first";
            throw new Halted(new Problem.NotNow(what, why));
        }
        if (snapshots.find(base).isEmpty()) {
            var why = "snapshot " + base.snapshot() + ", which it would stand on, is gone";
            throw new Halted(new Problem.NotNow(what, why + "; take a full one first"));
        }
        return base;
    }

    /// What VMMs left of a snapshot, then of the one it stands on, and so on to a whole one.
    ///
    /// @throws Halted when one of them is missing
    List<Path> under(Snapshot snapshot) {
        var what = "restore of snapshot " + snapshot.id();
        var seen = new LinkedHashSet<String>(List.of(snapshot.id()));
        for (var last = snapshot; last.diff(); ) {
            var base = last.base();
            if (base.none()) {
                var why =
                        last.id()
                                + " is a diff of an earlier release, which did not record what it"
                                + " stands on";
                throw new Halted(new Problem.NotNow(what, why));
            }
            last =
                    snapshots
                            .find(base)
                            .filter(found -> seen.add(found.id()))
                            .orElseThrow(() ->
                                    new Halted(
                                            new Problem.NotNow(
                                                    what,
                                                    "snapshot "
                                                            + base.snapshot()
                                                            + ", which it stands on, is gone")));
        }
        return seen.stream().map(snapshots::state).toList();
    }
}
