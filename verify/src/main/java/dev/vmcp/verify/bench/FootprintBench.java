package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.LiveHeap;
import dev.vmcp.verify.harness.Options;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;

/// What each running VM costs the host, beside what its VMM costs.
final class FootprintBench {

    private final Report report;
    private final int vms;

    FootprintBench(Options options, Report report) {
        this.report = report;
        this.vms = options.count("vms", 200);
    }

    void run() throws Exception {
        report.line("host", "%s", BenchHost.form());
        try (var host = new BenchHost()) {
            // The first VMs load classes and make the heap grow, whoever comes after them.
            start(host, "warm");
            BenchHost.parallel(4, vms, i -> host.delete("warm-" + i));
            long heapBefore = LiveHeap.of(host.process().pid());
            var before = ProcessFacts.of(host.process().pid());
            start(host, "vm");
            long heap = (LiveHeap.of(host.process().pid()) - heapBefore) / vms;
            var after = ProcessFacts.of(host.process().pid());
            long resident = (after.residentBytes() - before.residentBytes()) / vms;
            report.line("host without VMs", "%s", text(before, heapBefore));
            report.line("host with " + vms + " VMs", "%s", text(after, heapBefore + heap * vms));
            long vmm = residentOfVmms(host) / vms;
            report.line("VMM, each", "%,d KB resident", vmm / 1000);
            report.line("ratio ours / VMM, resident", "%.4f", (double) resident / vmm);
            report.line("live heap, each", "%.1f KB", heap / 1000.0);
            report.atMost("resident, each VM", resident / 1000.0, 100, " KB");
            report.atMost("threads, all VMs", after.threads() - before.threads(), 0, "");
            double open = (double) (after.descriptors() - before.descriptors()) / vms;
            report.atMost("descriptors, each VM", open, 4, "");
        }
    }

    private void start(BenchHost host, String name) throws Exception {
        BenchHost.parallel(
                4,
                vms,
                i -> {
                    host.create(name + "-" + i);
                    host.boot(name + "-" + i);
                });
    }

    private static String text(ProcessFacts facts, long heap) {
        return "%.1f MB resident, %.1f MB live heap, %d threads, %d descriptors"
                .formatted(
                        facts.residentBytes() / 1e6,
                        heap / 1e6,
                        facts.threads(),
                        facts.descriptors());
    }

    private static long residentOfVmms(BenchHost host) throws IOException {
        long sum = 0;
        for (long pid : VmmProcesses.of(host.data()).keySet()) {
            sum += ProcessFacts.of(pid).residentBytes();
        }
        return sum;
    }
}
