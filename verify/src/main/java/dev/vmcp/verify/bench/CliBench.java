package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.Options;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// How long a user waits for `vmcp vm ls` against a host that runs.
final class CliBench {

    private final Report report;
    private final int rounds;

    CliBench(Options options, Report report) {
        this.report = report;
        this.rounds = options.count("rounds", 20);
    }

    void run() throws Exception {
        var launcher = BenchHost.launcher();
        if (launcher.isEmpty()) {
            report.line("vmcp vm ls", "not measured: there is no build/vmcp (cure: ./run build)");
            return;
        }
        report.line("host", "%s", BenchHost.form());
        var list = new Samples();
        try (var host = new BenchHost()) {
            for (int i = 0; i < 10; i++) {
                host.create("cli-" + i);
            }
            for (int i = 0; i < rounds; i++) {
                list.add(timed(launcher.get(), host.process().url()));
            }
        }
        report.line("vmcp vm ls, 10 VMs", "%s", list);
        report.atMost("vmcp vm ls, p50", list.millis(50), 300, " ms");
    }

    private static long timed(Path launcher, String url) throws Exception {
        var builder =
                new ProcessBuilder(launcher.toString(), "vm", "ls")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("VMCP_ENDPOINT", url);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        long began = System.nanoTime();
        var process = builder.start();
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException("vmcp vm ls: no answer (expected: a table, exit 0)");
        }
        return System.nanoTime() - began;
    }
}
