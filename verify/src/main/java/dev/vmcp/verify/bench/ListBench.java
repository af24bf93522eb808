package dev.vmcp.verify.bench;

import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.verify.harness.Options;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/// The first page of a list of many VMs beside that of a list of one page; and how fast they were
/// created, beside single synced writes on the same disk.
final class ListBench {

    private static final int PAGE = 100;
    private static final int CALLERS = 16;

    private final Report report;
    private final int vms;
    private final int calls;

    ListBench(Options options, Report report) {
        this.report = report;
        this.vms = options.count("vms", 25_000);
        this.calls = options.count("calls", 500);
    }

    void run() throws Exception {
        report.line("host", "%s", BenchHost.form());
        try (var host = new BenchHost()) {
            double synced = syncedWrites(host.directory().resolve("synced"));
            BenchHost.parallel(CALLERS, PAGE, i -> host.create("page-" + i));
            pages(host, calls);
            var small = pages(host, calls);
            long took = BenchHost.parallel(CALLERS, vms - PAGE, i -> host.create("vm-" + i));
            double rate = (vms - PAGE) * 1e9 / took;
            report.line("creates, 16 callers", "%,.0f/s", rate);
            report.line("synced writes, one at a time", "%,.0f/s", synced);
            report.line("ratio creates / synced writes", "%.2f", rate / synced);
            var large = pages(host, calls);
            report.line("first page of " + PAGE + " VMs", "%s", small);
            report.line("first page of " + vms + " VMs", "%s", large);
            report.line("ratio, p50", "%.2f", large.millis(50) / small.millis(50));
            report.atMost("first page, p50", large.millis(50), 5, " ms");
            report.atMost("first page, p99", large.millis(99), 5, " ms");
        }
    }

    private static Samples pages(BenchHost host, int calls) {
        var samples = new Samples();
        var request = ListVmsRequest.newBuilder().setPageSize(PAGE).build();
        for (int i = 0; i < calls; i++) {
            long began = System.nanoTime();
            int got = host.client().listVms(request).getVmsCount();
            samples.add(System.nanoTime() - began);
            if (got != PAGE) {
                throw new IllegalStateException("page: " + got + " (expected: " + PAGE + ")");
            }
        }
        return samples;
    }

    /// Writes of one page of memory that are each on disk before the next, in a second.
    private static double syncedWrites(Path file) throws IOException {
        var data = ByteBuffer.allocate(4096);
        long limit = TimeUnit.SECONDS.toNanos(2);
        try (var out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long began = System.nanoTime();
            int writes = 0;
            while (System.nanoTime() - began < limit) {
                out.write(data.clear());
                out.force(false);
                writes++;
            }
            return writes * 1e9 / (System.nanoTime() - began);
        }
    }
}
