package dev.vmcp.host.doctor;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.ProvenTable;
import dev.vmcp.host.journal.JournalFile;
import dev.vmcp.host.journal.VmRecord;
import dev.vmcp.host.process.Processes;
import dev.vmcp.platform.sqlite.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Whether this release can take over what a host left or is keeping: its journal, each record in
/// it, and the guests that run. Reads a copy of the journal; changes nothing.
///
/// @param data the data directory
/// @param drivers by name
public record LookAtTakeover(Path data, Map<String, Driver> drivers, Processes processes)
        implements Look {

    /// The subject of what is under way at this moment and soon over.
    public static final String UNDER_WAY = "under way";

    private static final String JOURNAL = "journal";

    @Override
    public List<Finding> findings() {
        var file = data.resolve("journal.db");
        if (!Files.exists(file)) {
            return List.of(Finding.good(JOURNAL, "there is none yet in " + data));
        }
        JournalFile journal;
        try {
            journal = JournalFile.read(file);
        } catch (StoreException e) {
            return List.of(
                    Finding.broken(
                            JOURNAL, String.valueOf(e.getMessage()), "run it as the host's user"));
        }
        var found = new ArrayList<Finding>();
        found.add(schema(journal));
        journal.damage()
                .forEach(damage ->
                        found.add(
                                Finding.broken(
                                        JOURNAL,
                                        damage,
                                        "stay with the release that runs, and report this")));
        if (!journal.newer() && journal.damage().isEmpty()) {
            found.addAll(guests(journal.records()));
            found.addAll(underWay(journal.records()));
        }
        return found;
    }

    private static Finding schema(JournalFile journal) {
        int own = JournalFile.ownSchema();
        var fact = "schema " + journal.schema();
        if (journal.newer()) {
            return Finding.broken(
                    JOURNAL,
                    fact + ", written by a later release; this one knows " + own,
                    "take that release or a later one");
        }
        return journal.schema() == own
                ? Finding.good(JOURNAL, fact + ", " + journal.records().size() + " VMs")
                : Finding.limited(
                        JOURNAL,
                        fact + " is brought to " + own + ", which the release before cannot read",
                        "save it first: vmcp backup FILE");
    }

    private List<Finding> guests(List<VmRecord> records) {
        var alive =
                processes.scan(data.resolve("launches")).stream()
                        .map(Processes.Found::launch)
                        .collect(Collectors.toSet());
        var known = new HashSet<LaunchId>();
        var byBackend = new TreeMap<String, Integer>();
        var gone = new ArrayList<String>();
        for (var record : records) {
            var launches = record.phase().launches();
            known.addAll(launches);
            if (launches.stream().anyMatch(alive::contains)) {
                byBackend.merge(record.backend(), 1, Integer::sum);
            } else if (record.phase() instanceof Phase.Running
                    || record.phase() instanceof Phase.Paused) {
                gone.add(record.id().value());
            }
        }
        var found = new ArrayList<Finding>();
        byBackend.forEach((backend, count) -> found.add(guests(backend, count)));
        if (!gone.isEmpty()) {
            found.add(
                    Finding.limited(
                            "guests",
                            "no VMM of this host is seen of " + String.join(", ", gone),
                            "the next start finds out what became of them"));
        }
        orphans(alive, known, found);
        return found;
    }

    private static void orphans(Set<LaunchId> alive, Set<LaunchId> known, List<Finding> found) {
        var strangers = new HashSet<>(alive);
        strangers.removeAll(known);
        if (!strangers.isEmpty()) {
            found.add(
                    Finding.limited(
                            "guests",
                            strangers.size() + " processes of launches that no VM has",
                            "they are left alone; end them by hand if they are not wanted"));
        }
    }

    private Finding guests(String backend, int count) {
        var subject = backend + " guests";
        var driver = drivers.get(backend);
        if (driver == null) {
            return Finding.broken(
                    subject, count + " run, and this release has no " + backend, "keep the other");
        }
        return switch (driver.probe()) {
            case Probe.Missing(var why) ->
                    Finding.limited(
                            subject,
                            count + " run and can be taken up, but not started again: " + why,
                            "install it");
            case Probe.Installed installed -> {
                var fact = count + " run and can be taken up, by " + installed.version();
                yield ProvenTable.shipped().covers(backend, installed.version())
                        ? Finding.good(subject, fact)
                        : Finding.limited(
                                subject,
                                fact + ", with which this release was not tested",
                                "see vmcp capabilities");
            }
        };
    }

    private static List<Finding> underWay(List<VmRecord> records) {
        var steps = new ArrayList<Finding>();
        for (var record : records) {
            var what =
                    switch (record.phase()) {
                        case Phase.Booting _ -> "boot";
                        case Phase.Stopping _ -> "stop";
                        case Phase.Deleting _ -> "delete";
                        case Phase.Created _,
                                Phase.Running _,
                                Phase.Paused _,
                                Phase.Stopped _,
                                Phase.Failed _ ->
                                record.pending().nothing() ? "" : "change";
                    };
            if (!what.isEmpty()) {
                steps.add(
                        Finding.limited(
                                UNDER_WAY,
                                what + " of VM " + record.id(),
                                "wait for it; a restart now would finish or undo it"));
            }
        }
        return steps;
    }
}
