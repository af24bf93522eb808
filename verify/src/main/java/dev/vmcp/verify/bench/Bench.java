package dev.vmcp.verify.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `bench NAME [--option N]...`: runs one benchmark and prints figures, ratios and verdicts. Exits
/// with 0 once it has measured, met or not.
public final class Bench {

    private interface Run {
        void run(Arguments arguments, Report report) throws Exception;
    }

    private static final Map<String, Run> ALL =
            new TreeMap<>(
                    Map.of(
                            "rpc", (arguments, report) -> new RpcBench(arguments, report).run(),
                            "boot", (arguments, report) -> new BootBench(arguments, report).run(),
                            "cycle", (arguments, report) -> new CycleBench(arguments, report).run(),
                            "cli", (arguments, report) -> new CliBench(arguments, report).run(),
                            "adopt", (arguments, report) -> new AdoptBench(arguments, report).run(),
                            "start", (arguments, report) -> new StartBench(arguments, report).run(),
                            "density",
                                    (arguments, report) ->
                                            new DensityBench(arguments, report).run(),
                            "telemetry",
                                    (arguments, report) ->
                                            new TelemetryBench(arguments, report).run(),
                            "list", (arguments, report) -> new ListBench(arguments, report).run(),
                            "footprint",
                                    (arguments, report) ->
                                            new FootprintBench(arguments, report).run()));

    private Bench() {}

    public static void main(String[] words) throws Exception {
        var run = words.length == 0 ? null : ALL.get(words[0]);
        if (run == null) {
            System.err.println("usage: bench " + String.join("|", ALL.keySet()) + " [--option N]");
            System.exit(64);
            return;
        }
        var report = new Report(System.out);
        report.machine(String.join(" ", words));
        List<String> rest = Arrays.asList(words).subList(1, words.length);
        run.run(Arguments.of(rest), report);
        System.exit(0);
    }
}
