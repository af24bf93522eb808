package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.Options;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// `bench NAME [--option N]...`: runs one benchmark and prints figures, ratios and verdicts. Exits
/// with 0 once it has measured, met or not.
public final class Bench {

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private interface Kind {
        Work told(Options options, Report report) throws Exception;
    }

    private static final Map<String, Kind> ALL =
            new TreeMap<>(
                    Map.of(
                            "rpc", (options, report) -> new RpcBench(options, report)::run,
                            "boot", (options, report) -> new BootBench(options, report)::run,
                            "cycle", (options, report) -> new CycleBench(options, report)::run,
                            "cli", (options, report) -> new CliBench(options, report)::run,
                            "adopt", (options, report) -> new AdoptBench(options, report)::run,
                            "start", (options, report) -> new StartBench(options, report)::run,
                            "density", (options, report) -> new DensityBench(options, report)::run,
                            "telemetry",
                                    (options, report) -> new TelemetryBench(options, report)::run,
                            "list", (options, report) -> new ListBench(options, report)::run,
                            "footprint",
                                    (options, report) -> new FootprintBench(options, report)::run));

    private Bench() {}

    public static void main(String[] words) throws Exception {
        var kind = words.length == 0 ? null : ALL.get(words[0]);
        if (kind == null) {
            System.err.println("usage: bench " + String.join("|", ALL.keySet()) + " [--option N]");
            System.exit(64);
            return;
        }
        Options.main(
                Arrays.asList(words).subList(1, words.length),
                options -> {
                    var report = new Report(System.out);
                    var work = kind.told(options, report);
                    options.requireNoOther();
                    report.machine(String.join(" ", words));
                    work.run();
                    return 0;
                });
    }
}
