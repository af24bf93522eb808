package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.host.journal.VmRecord;
import dev.vmcp.host.process.Processes.Found;
import dev.vmcp.host.vmm.Traces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every start does first: reads the journal, looks for what earlier lives of ours started,
/// and hands each VM what belongs to it. Processes that no record accounts for are left alone and
/// named.
public final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final String CLOSED = ".closed";

    /// @param orphans processes of launches that no record knows
    public record Report(int vms, int running, List<Found> orphans) {}

    private final Ground ground;
    private final Keepers keepers;

    public Recovery(Ground ground, Keepers keepers) {
        this.ground = ground;
        this.keepers = keepers;
    }

    /// Reads and distributes; [Adoption] then verifies each VM.
    public Report run() {
        ground.layout().make();
        var records = ground.journal().load();
        records.forEach(this::closeUnfinished);
        var found = ground.processes().scan(ground.layout().launches());
        records.forEach(record -> reopenIfAlive(record, found));
        var known =
                records.stream()
                        .flatMap(r -> r.phase().launches().stream())
                        .collect(Collectors.toSet());
        var orphans = found.stream().filter(f -> !known.contains(f.launch())).toList();
        orphans.forEach(Recovery::report);
        sweep(known, orphans, records);
        keepers.snapshots().sweep();
        var leftovers = new Leftovers(byLaunch(found));
        for (var record : records) {
            keepers.restore(record, leftovers);
        }
        return new Report(records.size(), found.size() - orphans.size(), orphans);
    }

    /// Renames the directory of an unfinished launch, so that an exec still to come fails.
    private void closeUnfinished(VmRecord record) {
        if (record.phase() instanceof Phase.Booting(var launch)) {
            move(ground.layout().directory(launch), closed(launch));
        }
    }

    private void reopenIfAlive(VmRecord record, List<Found> found) {
        if (record.phase() instanceof Phase.Booting(var launch)) {
            boolean alive = found.stream().anyMatch(f -> f.launch().equals(launch));
            if (alive) {
                move(closed(launch), ground.layout().directory(launch));
            } else {
                Layout.remove(closed(launch));
            }
        }
    }

    private Path closed(LaunchId launch) {
        return ground.layout().launches().resolve(launch.value() + CLOSED);
    }

    private static void move(Path from, Path to) {
        if (!Files.isDirectory(from)) {
            return;
        }
        try {
            Files.move(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException("rename " + from, e);
        }
    }

    private static Map<LaunchId, ProcessId> byLaunch(List<Found> found) {
        return found.stream()
                .collect(Collectors.toMap(Found::launch, Found::process, (first, _) -> first));
    }

    private static void report(Found orphan) {
        LOG.atWarn()
                .addKeyValue("event", "process.orphan")
                .addKeyValue("launch", orphan.launch())
                .addKeyValue("pid", orphan.process().pid())
                .log("a process names a launch that no VM has; it is left alone");
    }

    /// Removes directories that belong to nothing: launches long over, VMs long deleted.
    private void sweep(Set<LaunchId> known, List<Found> orphans, List<VmRecord> records) {
        var keep = new HashSet<String>();
        known.forEach(launch -> keep.add(launch.value()));
        orphans.forEach(orphan -> keep.add(orphan.launch().value()));
        removeOthers(ground.layout().launches(), keep);
        removeOthers(
                ground.layout().vms(),
                records.stream().map(r -> r.id().value()).collect(Collectors.toSet()));
    }

    private static void removeOthers(Path directory, Set<String> keep) {
        Layout.names(directory).stream()
                .filter(name -> !keep.contains(Traces.launchOf(name)))
                .map(directory::resolve)
                .forEach(Layout::removeIfPossible);
    }
}
