package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.Options;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// As many Firecracker guests at once as the machine's memory allows: started through the API by
/// four callers against the raw rate, asked about while they run, taken up after a `kill -9`,
/// deleted.
final class DensityBench {

    private static final int MOST = 2000;
    private static final int CALLERS = 4;
    private static final int WARM_UP = 100;
    private static final int DISK_BYTES = 1 << 20;

    /// What a guest of 16 MiB and its VMM take at most, by experience, in KiB.
    private static final long EACH_KIB = 8 << 10;

    private static final long SPARE_KIB = 2 << 20;

    private final Report report;
    private final int guests;
    private final Backend backend;
    private final boolean disks;
    private final boolean load;

    /// Options: `guests`, `jailer` (1 = with), `disks` (1 = each guest gets one that only root may
    /// open), `load` (0 = without the load on GetVmInfo).
    DensityBench(Options options, Report report) throws IOException {
        this.report = report;
        this.guests = options.count("guests", fitting());
        this.backend = new Backend("firecracker", options.count("jailer", 1) != 0);
        this.disks = options.count("disks", 0) != 0;
        this.load = options.count("load", 1) != 0;
    }

    private static int fitting() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            var available =
                    lines.filter(line -> line.startsWith("MemAvailable:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElse(0);
            return Math.clamp((available - SPARE_KIB) / EACH_KIB, 10, MOST);
        }
    }

    void run() throws Exception {
        report.line("host", "%s", BenchHost.form());
        report.line("guests", "%d, %s%s", guests, backend, disks ? ", a disk each" : "");
        try (var host = new BenchHost(backend);
                var none = new BenchHost(backend)) {
            double one = raw(host, 1);
            double several = raw(host, CALLERS);
            double ours = ours(host);
            report.line(
                    "started a second",
                    "ours %.1f; raw %.1f by %d callers, %.1f one after the other",
                    ours,
                    several,
                    CALLERS,
                    one);
            report.atLeast(
                    "share of the raw rate, one after the other", 100 * ours / one, 80, " %");
            report.atLeast(
                    "share of the raw rate, " + CALLERS + " callers",
                    100 * ours / several,
                    80,
                    " %");
            new CrowdedCalls(host, guests, report).run();
            if (load) {
                var names = IntStream.range(0, guests).mapToObj(DensityBench::name).toList();
                new InfoLoad(host, names, new InfoLoad.Rounds(3, 3), false, report).run();
            }
            adoption(host, none);
            end(host);
        }
    }

    static String name(int number) {
        return "vm-" + number;
    }

    private double raw(BenchHost host, int callers) throws Exception {
        try (var peer = RawVmm.of(host)) {
            long took = BenchHost.parallel(callers, guests, ignored -> start(peer));
            return guests * 1e9 / took;
        }
    }

    private static void start(RawVmm peer) {
        try {
            peer.start();
        } catch (IOException e) {
            throw new UncheckedIOException("raw start", e);
        }
    }

    private double ours(BenchHost host) throws Exception {
        // The first VMs load classes and make the heap grow, whoever comes after them.
        BenchHost.parallel(CALLERS, WARM_UP, i -> start(host, "warm-" + i, Optional.empty()));
        BenchHost.parallel(CALLERS, WARM_UP, i -> host.delete("warm-" + i));
        var files = disks(host);
        var before = ProcessFacts.of(host.process().pid());
        IntConsumer start =
                i ->
                        start(
                                host,
                                name(i),
                                files.isEmpty() ? Optional.empty() : Optional.of(files.get(i)));
        long took = BenchHost.parallel(CALLERS, guests, start);
        var after = ProcessFacts.of(host.process().pid());
        long resident = (after.residentBytes() - before.residentBytes()) / guests;
        report.atMost("resident, each VM", resident / 1000.0, 100, " KB");
        report.atMost("threads, all VMs", after.threads() - before.threads(), 0, "");
        double open = (double) (after.descriptors() - before.descriptors()) / guests;
        report.atMost("descriptors, each VM", open, 4, "");
        return guests * 1e9 / took;
    }

    private static void start(BenchHost host, String vm, Optional<Path> disk) {
        host.create(vm, disk);
        host.boot(vm);
    }

    /// The guests' own disks, in their order.
    private List<Path> disks(BenchHost host) throws IOException {
        var directory = Files.createDirectories(host.directory().resolve("disks"));
        var owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        for (int i = 0; disks && i < guests; i++) {
            var file = Files.createFile(disk(directory, i), owner);
            try (var open = new RandomAccessFile(file.toFile(), "rw")) {
                open.setLength(DISK_BYTES);
            }
        }
        return IntStream.range(0, disks ? guests : 0).mapToObj(i -> disk(directory, i)).toList();
    }

    private static Path disk(Path directory, int number) {
        return directory.resolve("disk-" + number);
    }

    private void adoption(BenchHost host, BenchHost none) throws IOException {
        var empty = new Samples();
        for (int i = 0; i < 3; i++) {
            empty.add(none.restart());
        }
        long since = System.currentTimeMillis();
        long began = System.nanoTime();
        long answered = host.restart();
        Watcher.untilSeen(host, guests, since);
        long verified = System.nanoTime() - began;
        report.line("empty host: exec -> first answer", "%s", empty);
        report.line("full host: exec -> first answer", "%.2f s", answered / 1e9);
        report.line("full host: kill -> all verified", "%.2f s", verified / 1e9);
        double usual = empty.millis(50) / 1000;
        report.atMost("answer, " + guests + " VMs", answered / 1e9 - usual, 1, " s more");
        report.line("all verified, more than empty", "%.2f s", verified / 1e9 - usual);
    }

    private void end(BenchHost host) throws Exception {
        var remains = new Remains(host);
        report.atLeast("VMMs before the deletes", remains.running(), guests, "");
        long took = BenchHost.parallel(CALLERS, guests, i -> host.delete(name(i)));
        report.line("deleted a second", "%.1f", guests * 1e9 / took);
        var directory = host.directory().resolve("disks");
        remains.report(
                report,
                IntStream.range(0, disks ? guests : 0).mapToObj(i -> disk(directory, i)).toList());
    }
}
