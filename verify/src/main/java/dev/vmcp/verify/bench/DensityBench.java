package dev.vmcp.verify.bench;

import dev.vmcp.api.host.v1.WatchVmsRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;

/// As many Firecracker guests at once as the machine's memory allows: started through the API by
/// four callers against the raw rate, asked about while they run, taken up after a `kill -9`,
/// deleted.
final class DensityBench {

    private static final int MOST = 2000;
    private static final int CALLERS = 4;

    /// What a guest of 16 MiB and its VMM take at most, by experience, in KiB.
    private static final long EACH_KIB = 8 << 10;

    private static final long SPARE_KIB = 2 << 20;

    private final Report report;
    private final int guests;
    private final boolean jailed;

    DensityBench(Arguments arguments, Report report) throws IOException {
        this.report = report;
        this.guests = arguments.number("guests", fitting());
        this.jailed = arguments.number("jailer", 1) != 0;
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
        report.line("guests", "%d, %s the jailer", guests, jailed ? "with" : "without");
        try (var host = new BenchHost("firecracker", jailed);
                var none = new BenchHost("firecracker", jailed)) {
            double raw = raw(host);
            double ours = ours(host);
            report.line("started a second", "ours %.1f, raw %.1f", ours, raw);
            report.atLeast("share of the raw rate", 100 * ours / raw, 80, " %");
            questions(host);
            adoption(host, none);
            end(host);
        }
    }

    private double raw(BenchHost host) throws Exception {
        try (var peer = new RawFirecracker(host, jailed)) {
            long began = System.nanoTime();
            for (int i = 0; i < guests; i++) {
                peer.start();
            }
            return guests * 1e9 / (System.nanoTime() - began);
        }
    }

    private double ours(BenchHost host) throws Exception {
        // The first VMs load classes and make the heap grow, whoever comes after them.
        BenchHost.parallel(CALLERS, 100, i -> start(host, "warm-" + i));
        BenchHost.parallel(CALLERS, 100, i -> host.delete("warm-" + i));
        var before = ProcessFacts.of(host.process().pid());
        long took = BenchHost.parallel(CALLERS, guests, i -> start(host, "vm-" + i));
        var after = ProcessFacts.of(host.process().pid());
        long resident = (after.residentBytes() - before.residentBytes()) / guests;
        report.atMost("resident, each VM", resident / 1000.0, 100, " KB");
        report.atMost("threads, all VMs", after.threads() - before.threads(), 0, "");
        double open = (double) (after.descriptors() - before.descriptors()) / guests;
        report.atMost("descriptors, each VM", open, 4, "");
        return guests * 1e9 / took;
    }

    private static void start(BenchHost host, String vm) {
        host.create(vm);
        host.boot(vm);
    }

    private void questions(BenchHost host) {
        var list = new Samples();
        var info = new Samples();
        var page = ListVmsRequest.newBuilder().setPageSize(100).build();
        for (int i = 0; i < 1000; i++) {
            var request = GetVmInfoRequest.newBuilder().setVmId("vm-" + i % guests).build();
            long began = System.nanoTime();
            var _ = host.client().getVmInfo(request);
            info.add(System.nanoTime() - began);
            began = System.nanoTime();
            var _ = host.client().listVms(page);
            list.add(System.nanoTime() - began);
        }
        report.line("info, one caller", "%s", info);
        report.line("list of 100, one caller", "%s", list);
        report.atMost("info, p99", info.millis(99), 3, " ms");
        report.atMost("first page of a list, p50", list.millis(50), 5, " ms");
        long began = System.nanoTime();
        awaitAll(host, 0);
        report.line("watch: open -> all seen", "%.1f ms", (System.nanoTime() - began) / 1e6);
    }

    private void adoption(BenchHost host, BenchHost none) {
        var empty = new Samples();
        for (int i = 0; i < 3; i++) {
            empty.add(none.restart());
        }
        long since = System.currentTimeMillis();
        long began = System.nanoTime();
        long answered = host.restart();
        awaitAll(host, since);
        long verified = System.nanoTime() - began;
        report.line("empty host: exec -> first answer", "%s", empty);
        report.line("full host: exec -> first answer", "%.2f s", answered / 1e9);
        report.line("full host: kill -> all verified", "%.2f s", verified / 1e9);
        double usual = empty.millis(50) / 1000;
        report.atMost("answer, " + guests + " VMs", answered / 1e9 - usual, 1, " s more");
        report.atMost("all verified, " + guests + " VMs", verified / 1e9 - usual, 1, " s more");
    }

    /// Watches until every VM was seen with its process after the instant `since`.
    private void awaitAll(BenchHost host, long since) {
        var seen = new HashSet<String>();
        try (var stream = host.client().watchVms(WatchVmsRequest.getDefaultInstance())) {
            while (seen.size() < guests) {
                var event = stream.next();
                if (event.isEmpty()) {
                    throw new IllegalStateException(
                            "seen: " + seen.size() + " (expected: " + guests + ")");
                }
                var vm = event.get().getVm();
                if (vm.getPid() != 0 && vm.getObservedAtMillis() >= since) {
                    seen.add(vm.getVmId());
                }
            }
        }
    }

    private void end(BenchHost host) throws Exception {
        long took = BenchHost.parallel(CALLERS, guests, i -> host.delete("vm-" + i));
        report.line("deleted a second", "%.1f", guests * 1e9 / took);
        report.atMost("VMMs left", VmmProcesses.of(host.data()).size(), 0, "");
        for (var place : new String[] {"launches", "vms"}) {
            try (var left = Files.list(host.data().resolve(place))) {
                report.atMost("left in " + place, (double) left.count(), 0, "");
            }
        }
    }
}
