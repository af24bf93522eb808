package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.Options;
import java.util.stream.IntStream;

/// [InfoLoad] on a host of its own.
final class RpcBench {

    private final Report report;
    private final InfoLoad.Rounds rounds;
    private final int vms;

    RpcBench(Options options, Report report) {
        this.report = report;
        this.rounds = new InfoLoad.Rounds(options.count("rounds", 5), options.count("seconds", 4));
        this.vms = options.count("vms", 200);
    }

    void run() throws Exception {
        report.line("host", "%s", BenchHost.form());
        try (var host = new BenchHost()) {
            BenchHost.parallel(
                    4,
                    vms,
                    i -> {
                        host.create("rpc-" + i);
                        host.boot("rpc-" + i);
                    });
            var names = IntStream.range(0, vms).mapToObj(i -> "rpc-" + i).toList();
            new InfoLoad(host, names, rounds, true, report).run();
        }
    }
}
