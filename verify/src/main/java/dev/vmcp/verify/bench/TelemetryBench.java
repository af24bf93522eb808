package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

    TelemetryBench(Options options, Report report) {
        this.report = report;
        this.rounds = options.count("rounds", 5);
        this.seconds = options.count("seconds", 3);
        this.part = options.count("part", 0);
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

    /// One host and what its rounds came to.
    private record Candidate(String name, TelemetryHost host, List<Load.Result> results) {
        Candidate(String name, TelemetryHost host) {
            this(name, host, new ArrayList<>());
        }
    }

    private void cost() throws Exception {
        try (var sink = Receiver.well();
                var bare = TelemetryHost.without();
                var none = TelemetryHost.off();
                var some = TelemetryHost.on(sink.endpoint(), "0.1")) {
            var without = new Candidate("without", bare);
            var off = new Candidate("off", none);
            var tenth = new Candidate("0.1", some);
            measure(List.of(without, off, tenth));
            report.atMost("cost when off", cost(off, without), 3, " %");
            report.atMost("cost with a tenth sampled", cost(tenth, without), 10, " %");
        }
    }

    private static double cost(Candidate of, Candidate bare) {
        return 100 * (1 - medianRatio(of, bare, Load.Result::rate));
    }

    private void receivers() throws Exception {
        try (var well = Receiver.well();
                var hanging = Receiver.hanging();
                var garbage = Receiver.garbage();
                var toWell = TelemetryHost.on(well.endpoint(), "1");
                var toNone = TelemetryHost.on(Receiver.NONE, "1");
                var toHanging = TelemetryHost.on(hanging.endpoint(), "1");
                var toGarbage = TelemetryHost.on(garbage.endpoint(), "1")) {
            var usual = new Candidate("receiver well", toWell);
            var others =
                    List.of(
                            new Candidate("receiver down", toNone),
                            new Candidate("receiver hangs", toHanging),
                            new Candidate("receiver answers nonsense", toGarbage));
            var all = Stream.concat(Stream.of(usual), others.stream()).toList();
            measure(all);
            for (var other : others) {
                double ratio = medianRatio(other, usual, Load.Result::p99Millis);
                report.atMost("p99 beside a well one, " + other.name(), ratio, 1.2, "");
            }
            for (var one : all) {
                report.line("memory, " + one.name(), "%s", one.host().memory());
            }
        }
    }

    private void measure(List<Candidate> candidates) throws Exception {
        for (var one : candidates) {
            warm(one.host());
        }
        for (int round = 1; round <= rounds; round++) {
            for (var one : round % 2 == 0 ? candidates.reversed() : candidates) {
                var result = load(one.host()).run(seconds);
                one.results().add(result);
                report.line("round " + round + ": " + one.name(), "%s", result);
            }
        }
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

    /// Of each round by itself: what else the machine does hits both.
    private static double medianRatio(
            Candidate of, Candidate beside, ToDoubleFunction<Load.Result> value) {
        var sorted =
                IntStream.range(0, of.results().size())
                        .mapToDouble(round ->
                                value.applyAsDouble(of.results().get(round))
                                        / value.applyAsDouble(beside.results().get(round)))
                        .sorted()
                        .toArray();
        return sorted[sorted.length / 2];
    }
}
