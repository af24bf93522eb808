package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Base;
import dev.vmcp.host.journal.Snapshot;
import dev.vmcp.host.journal.VmRecord;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What diffs stand on.
record Diffs(SnapshotStore snapshots) {

    private static final Logger LOG = LoggerFactory.getLogger(Diffs.class);

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

    /// What changes of a guest from here on can be saved as a diff on top of `snapshot`. Where that
    /// cannot be recorded, the next snapshot must be a full one.
    static void since(VmState vm, Snapshot snapshot) {
        try {
            vm.commit(vm.record().pending(), snapshot.asBase());
        } catch (Halted halted) {
            LOG.atWarn()
                    .addKeyValue("vm", vm.id())
                    .addKeyValue("snapshot", snapshot.id())
                    .addKeyValue("error", halted.problem().message())
                    .log("no diff can stand on this snapshot");
        }
    }
}
