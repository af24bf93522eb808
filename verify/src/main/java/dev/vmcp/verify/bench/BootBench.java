package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.Options;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// What we add to a boot: create and boot through the API until a console reader has the first
/// output, in rounds that take turns with the raw exec of the same VMM until the first byte. One by
/// one, each would pay for what the end of the other's guest leaves to the kernel.
final class BootBench {

    static final int WARM_UP = 100;

    private static final int ROUND = 15;

    private final Report report;
    private final Backend backend;
    private final int boots;
    private final int warmUp;
    private final Samples ours = new Samples();
    private final Samples created = new Samples();
    private final Samples booted = new Samples();
    private final Samples raw = new Samples();

    BootBench(Options options, Report report) {
        this.report = report;
        this.backend = Backend.of(options);
        this.boots = options.count("boots", 60);
        this.warmUp = options.count("warm-up", WARM_UP);
    }

    void run() throws Exception {
        report.line("host", "%s", BenchHost.form());
        report.line("backend", "%s", backend);
        try (var host = new BenchHost(backend);
                var peer = RawVmm.of(host)) {
            for (int i = 0; i < warmUp; i++) {
                one(host, "warm-" + i, false);
            }
            for (int i = 0; i < ROUND; i++) {
                var _ = peer.run();
            }
            for (int done = 0; done < boots; done += ROUND) {
                int round = Math.min(ROUND, boots - done);
                for (int i = 0; i < round; i++) {
                    one(host, "boot-" + (done + i), true);
                }
                for (int i = 0; i < round; i++) {
                    raw.add(peer.run().output());
                }
            }
        }
        report.line("ours: create + boot -> output", "%s", ours);
        report.line("  of it the create call", "%s", created);
        report.line("  of it the boot call", "%s", booted);
        report.line("raw: exec -> output", "%s", raw);
        report.line("ratio ours / raw, p50", "%.2f", ours.millis(50) / raw.millis(50));
        report.atMost("added, p50", ours.millis(50) - raw.millis(50), 10, " ms");
        report.atMost("added, p99", ours.millis(99) - raw.millis(99), 25, " ms");
    }

    private void one(BenchHost host, String vm, boolean counts) throws Exception {
        writeOut(host.directory());
        long began = System.nanoTime();
        host.create(vm);
        long isCreated = System.nanoTime();
        var output = host.firstOutput(vm);
        host.boot(vm);
        long isBooted = System.nanoTime();
        long spoke = output.get(20, TimeUnit.SECONDS);
        if (counts) {
            created.add(isCreated - began);
            booted.add(isBooted - isCreated);
            ours.add(spoke - began);
        }
        host.delete(vm);
    }

    /// What the peer has removed waits in the file system's journal, and our first commit would
    /// write it out with its own.
    private static void writeOut(Path directory) throws IOException {
        try (var open = FileChannel.open(directory)) {
            open.force(true);
        }
    }
}
