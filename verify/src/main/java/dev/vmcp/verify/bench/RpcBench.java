package dev.vmcp.verify.bench;

import java.util.stream.IntStream;

/// [InfoLoad] on a host of its own.
final class RpcBench {

    private final Report report;
    private final InfoLoad.Rounds rounds;
    private final int vms;

    RpcBench(Arguments arguments, Report report) {
        this.report = report;
        this.rounds =
                new InfoLoad.Rounds(arguments.number("rounds", 5), arguments.number("seconds", 4));
        this.vms = arguments.number("vms", 200);
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
