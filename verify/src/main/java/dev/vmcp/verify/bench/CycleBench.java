package dev.vmcp.verify.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Whole lives of VMs, one after the other: create, boot, first output, delete; in turn with raw
/// ones.
final class CycleBench {

    private final Report report;
    private final int rounds;
    private final int each;
    private final Samples ours = new Samples();
    private final Samples deletes = new Samples();
    private final Samples raw = new Samples();

    CycleBench(Arguments arguments, Report report) {
        this.report = report;
        this.rounds = arguments.number("rounds", 6);
        this.each = arguments.number("each", 15);
    }

    void run() throws Exception {
        report.line("host", "%s", BenchHost.form());
        try (var host = new BenchHost();
                var peer = BootBench.peer(host)) {
            for (int round = -1; round < rounds; round++) {
                for (int i = 0; i < each; i++) {
                    cycle(host, "c-" + (round + 1) + "-" + i, round >= 0);
                }
                for (int i = 0; i < each; i++) {
                    var cycle = peer.run();
                    if (round >= 0) {
                        raw.add(cycle.whole());
                    }
                }
            }
        }
        report.line("ours: create .. deleted", "%s", ours);
        report.line("  of it the delete call", "%s", deletes);
        report.line("raw: exec .. reaped", "%s", raw);
        report.line(
                "cycles a second",
                "ours %.1f, raw %.1f",
                1000 / ours.meanMillis(),
                1000 / raw.meanMillis());
        report.line("peer libvirt", "%s", libvirt());
        report.atLeast(
                "share of the raw rate", 100 * raw.meanMillis() / ours.meanMillis(), 70, " %");
    }

    private void cycle(BenchHost host, String vm, boolean counts) throws Exception {
        long began = System.nanoTime();
        host.create(vm);
        var output = host.firstOutput(vm);
        host.boot(vm);
        var _ = output.get(20, TimeUnit.SECONDS);
        long spoke = System.nanoTime();
        host.delete(vm);
        if (counts) {
            deletes.add(System.nanoTime() - spoke);
            ours.add(System.nanoTime() - began);
        }
    }

    private static String libvirt() {
        boolean there =
                Stream.of("virsh", "libvirtd")
                        .allMatch(name ->
                                Stream.of("/usr/bin", "/usr/sbin")
                                        .anyMatch(place -> Files.exists(Path.of(place, name))));
        return there
                ? "installed, not driven by this benchmark"
                : "absent (virsh or libvirtd missing)";
    }
}
