package dev.vmcp.verify.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// What a host holds at one time.
///
/// @param liveBytes objects on its heap that are in use
/// @param residentBytes memory of its process, after a full collection
/// @param journalBytes the journal with what belongs to it
/// @param entries files and directories of VMs and launches
public record Vitals(
        long liveBytes,
        long residentBytes,
        int threads,
        int descriptors,
        long journalBytes,
        int entries) {

    /// Begins a full collection of the host and waits for it.
    public static Vitals of(HostProcess host, Path data) throws IOException {
        var process = Path.of("/proc", Long.toString(host.pid()));
        long journal = 0;
        for (var file : new String[] {"journal.db", "journal.db-wal", "journal.db-shm"}) {
            journal += size(data.resolve(file));
        }
        return new Vitals(
                LiveHeap.of(host.pid()),
                resident(process),
                entries(process.resolve("task")),
                entries(process.resolve("fd")),
                journal,
                entries(data.resolve("vms")) + entries(data.resolve("launches")));
    }

    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static long resident(Path process) throws IOException {
        try (var lines = Files.lines(process.resolve("status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        }
    }

    private static int entries(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return (int) entries.count();
        }
    }

    @Override
    public String toString() {
        return (liveBytes >> 10)
                + " KiB in use, "
                + (residentBytes >> 20)
                + " MiB resident, "
                + threads
                + " threads, "
                + descriptors
                + " descriptors, journal "
                + (journalBytes >> 10)
                + " KiB, "
                + entries
                + " entries";
    }
}
