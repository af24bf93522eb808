package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.Options;

/// `kill -9` of a host with many running guests: how long until a new one answers, with the age of
/// what it knows of each VM, and until each VM was verified with its VMM; in turn with the start of
/// a host without any.
final class AdoptBench {

    private final Report report;
    private final int vms;
    private final int rounds;

    AdoptBench(Options options, Report report) {
        this.report = report;
        this.vms = options.count("vms", 200);
        this.rounds = options.count("rounds", 3);
    }

    void run() throws Exception {
        report.line("host", "%s", BenchHost.form());
        var answered = new Samples();
        var verified = new Samples();
        var empty = new Samples();
        try (var full = new BenchHost();
                var none = new BenchHost()) {
            fill(full);
            for (int i = 0; i < rounds; i++) {
                empty.add(none.restart());
                long wall = System.currentTimeMillis();
                long took = full.restart();
                answered.add(took);
                verified.add(took + Watcher.untilSeen(full, vms, wall));
            }
        }
        report.line("empty host: exec -> first answer", "%s", empty);
        report.line("full host: exec -> first answer", "%s", answered);
        report.line("full host: exec -> all verified", "%s", verified);
        report.line("all verified, more than empty", "%.2f s", more(verified, empty));
        report.atMost(
                "first answer, each VM with its age, " + vms + " VMs",
                more(answered, empty),
                1,
                " s more");
    }

    private void fill(BenchHost host) throws Exception {
        long took =
                BenchHost.parallel(
                        4,
                        vms,
                        i -> {
                            host.create("vm-" + i);
                            host.boot("vm-" + i);
                        });
        report.line("create + boot, 4 callers", "%d VMs, %.1f/s", vms, vms * 1e9 / took);
    }

    /// What a host with guests takes beyond one without, in seconds.
    private static double more(Samples full, Samples empty) {
        return (full.millis(50) - empty.millis(50)) / 1000;
    }
}
