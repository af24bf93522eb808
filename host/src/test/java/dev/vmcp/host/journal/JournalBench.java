package dev.vmcp.host.journal;

import dev.vmcp.core.vm.Phase.Created;
import dev.vmcp.platform.sqlite.DataDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// Prints how many commits a second the journal does for 1, 16 and 64 callers. The argument is a
/// directory on the disk to measure.
final class JournalBench {
    private static final long SECONDS = 3;

    private JournalBench() {}

    public static void main(String[] args) throws Exception {
        for (int callers : new int[] {1, 16, 64, 16}) {
            var path = Files.createTempDirectory(Path.of(args[0]), "journal-bench");
            try (var directory = DataDirectory.open(path);
                    var journal = SqliteJournal.open(directory)) {
                var rate = measure(journal, callers);
                System.out.printf(Locale.ROOT, "%2d callers: %,d commits/s%n", callers, rate);
            }
            try (var files = Files.walk(path)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static long measure(Journal journal, int callers) throws InterruptedException {
        var commits = new AtomicLong();
        var end = System.nanoTime() + SECONDS * 1_000_000_000L;
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < callers; i++) {
            var record = Records.record("vm-" + i, i, Records.FULL, new Created());
            threads.add(
                    Thread.startVirtualThread(() -> {
                        while (System.nanoTime() < end) {
                            journal.put(record).join();
                            commits.incrementAndGet();
                        }
                    }));
        }
        for (var thread : threads) {
            thread.join();
        }
        return commits.get() / SECONDS;
    }
}
