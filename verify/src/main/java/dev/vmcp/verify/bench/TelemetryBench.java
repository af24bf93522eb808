package dev.vmcp.verify.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What telemetry costs `GetVmInfo`: its throughput with a tenth of the traces, with telemetry off,
/// and on a host whose classes do not ask for a trace at all; and its p99 while the receiver of all
/// traces is well, down, hangs or answers nonsense. The hosts are up at once and loaded in turn, in
/// an order that is turned around from round to round.
final class TelemetryBench {

    private static final long WARM = 400_000;
    private static final int MOST_PASSES = 15;
    private static final List<String> BODIES = List.of("{\"vmId\":\"one\"}");

    private final Report report;
    private final int rounds;
    private final int seconds;
    private final int part;

    TelemetryBench(Arguments arguments, Report report) {
        this.report = report;
        this.rounds = arguments.number("rounds", 5);
        this.seconds = arguments.number("seconds", 3);
        this.part = arguments.number("part", 0);
    }

    void run() throws Exception {
        report.line("host", "from the class path, without an AOT cache");
        report.line("load", "%s, 16 connections", Load.hasWrk() ? "wrk, one thread" : "our own");
        if (part != 2) {
            cost();
        }
        if (part != 1) {
            receivers();
        }
    }

    private void cost() throws Exception {
        try (var sink = Receiver.well();
                var without = TelemetryHost.without();
                var off = TelemetryHost.off();
                var tenth = TelemetryHost.on(sink.endpoint(), "0.1")) {
            var rates = measured(Map.of("without", without, "off", off, "0.1", tenth));
            double bare = median(rates.get("without"), Load.Result::rate);
            report.atMost("cost when off", cost(rates.get("off"), bare), 3, " %");
            report.atMost("cost with a tenth sampled", cost(rates.get("0.1"), bare), 10, " %");
        }
    }

    private static double cost(List<Load.Result> results, double bare) {
        return 100 * (1 - median(results, Load.Result::rate) / bare);
    }

    private void receivers() throws Exception {
        try (var well = Receiver.well();
                var hanging = Receiver.hanging();
                var garbage = Receiver.garbage();
                var toWell = TelemetryHost.on(well.endpoint(), "1");
                var toNone = TelemetryHost.on(Receiver.NONE, "1");
                var toHanging = TelemetryHost.on(hanging.endpoint(), "1");
                var toGarbage = TelemetryHost.on(garbage.endpoint(), "1")) {
            var results =
                    measured(
                            Map.of(
                                    "receiver well", toWell,
                                    "receiver down", toNone,
                                    "receiver hangs", toHanging,
                                    "receiver answers nonsense", toGarbage));
            double usual = median(results.get("receiver well"), Load.Result::p99Millis);
            for (var name : List.of("down", "hangs", "answers nonsense")) {
                double p99 = median(results.get("receiver " + name), Load.Result::p99Millis);
                report.atMost("p99 beside a well one, " + name, p99 / usual, 1.2, "");
            }
            for (var host : List.of(toNone, toHanging, toGarbage)) {
                report.line("memory", "%s", host.memory());
            }
        }
    }

    private Map<String, List<Load.Result>> measured(Map<String, TelemetryHost> hosts)
            throws Exception {
        var results = new LinkedHashMap<String, List<Load.Result>>();
        var order = new ArrayList<>(hosts.keySet().stream().sorted().toList());
        for (var name : order) {
            results.put(name, new ArrayList<>());
            warm(hosts.get(name));
        }
        for (int round = 1; round <= rounds; round++) {
            for (var name : round % 2 == 0 ? order.reversed() : order) {
                var result = load(hosts.get(name)).run(seconds);
                results.get(name).add(result);
                report.line("round " + round + ": " + name, "%s", result);
            }
        }
        return results;
    }

    /// Until the compilers of the JVM have seen enough.
    private void warm(TelemetryHost host) throws Exception {
        double calls = 0;
        for (int pass = 0; pass < MOST_PASSES && calls < WARM; pass++) {
            calls += load(host).run(seconds).rate() * seconds;
        }
        host.warm();
    }

    private static Load load(TelemetryHost host) {
        return new Load(host.url() + "/vmm.v1.VmService/GetVmInfo", BODIES);
    }

    private static double median(
            List<Load.Result> results, java.util.function.ToDoubleFunction<Load.Result> of) {
        var sorted = results.stream().mapToDouble(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
