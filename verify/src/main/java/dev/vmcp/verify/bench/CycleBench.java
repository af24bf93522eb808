package dev.vmcp.verify.bench;

import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.verify.harness.Options;
import dev.vmcp.verify.harness.TinyHost;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;

/// Whole lives of VMs, one after the other: create, boot, first output, delete; in turn with raw
/// ones.
final class CycleBench {

    private static final int LIBVIRT = 10;

    private final Report report;
    private final Backend backend;
    private final int rounds;
    private final int each;
    private final Samples lives = new Samples();
    private final Samples deletes = new Samples();
    private final Samples raw = new Samples();

    CycleBench(Options options, Report report) {
        this.report = report;
        this.backend = Backend.of(options);
        this.rounds = options.count("rounds", 6);
        this.each = options.count("each", 15);
    }

    void run() throws Exception {
        report.line("host", "%s", BenchHost.form());
        report.line("backend", "%s", backend);
        try (var host = new BenchHost(backend);
                var peer = RawVmm.of(host)) {
            for (int round = -1; round < rounds; round++) {
                int ours = round < 0 ? BootBench.WARM_UP : each;
                for (int i = 0; i < ours; i++) {
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
        report.line("ours: create .. deleted", "%s", lives);
        report.line("  of it the delete call", "%s", deletes);
        report.line("raw: exec .. reaped", "%s", raw);
        report.line(
                "cycles a second",
                "ours %.1f, raw %.1f",
                1000 / lives.meanMillis(),
                1000 / raw.meanMillis());
        if (backend.vmm() == Backend.Vmm.QEMU) {
            libvirt();
        }
        report.atLeast(
                "share of the raw rate", 100 * raw.meanMillis() / lives.meanMillis(), 70, " %");
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
            lives.add(System.nanoTime() - began);
        }
    }

    private void libvirt() throws Exception {
        if (!LibvirtPeer.installed()) {
            report.line("peer libvirt", "absent (virsh or its QEMU driver missing)");
            return;
        }
        var directory = Files.createTempDirectory("vmcp-libvirt").toRealPath();
        var kernel = Files.createTempFile("vmcp-bench", ".kernel");
        TinyGuest.writeTo(kernel);
        var cycles = new Samples();
        try (var peer = new LibvirtPeer(directory, kernel, TinyHost.kvm())) {
            // The first one asks QEMU for its capabilities, which takes seconds.
            peer.cycle();
            for (int i = 0; i < LIBVIRT; i++) {
                cycles.add(peer.cycle());
            }
        } finally {
            Files.delete(kernel);
        }
        report.line("libvirt: create, destroy", "%s", cycles);
        report.atLeast(
                "times the rate of libvirt", cycles.meanMillis() / lives.meanMillis(), 10, "x");
    }
}
