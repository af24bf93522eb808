package dev.vmcp.verify.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/// `GetVmInfo` of running VMs in turn as Connect JSON over HTTP/1.1, in turn with bare Armeria that
/// answers as many constant bytes.
///
/// @param vms their ids
/// @param grpc whether to ask by gRPC as well
record InfoLoad(BenchHost host, List<String> vms, Rounds rounds, boolean grpc, Report report) {

    /// @param seconds of one round of either
    record Rounds(int count, int seconds) {}

    private static final long WARM = 300_000;
    private static final int MOST_PASSES = 15;
    private static final int WARM_SECONDS = 8;

    void run() throws Exception {
        report.line(
                "load",
                "%s, 16 connections",
                Load.hasWrk() ? "wrk, one thread" : "our own, for wrk is missing");
        var bodies = vms.stream().map("{\"vmId\":\"%s\"}"::formatted).toList();
        var url = host.process().url() + "/vmm.v1.VmService/GetVmInfo";
        int bytes = size(url, bodies.getLast());
        report.line(
                "asked about", "%d running VMs in turn; an answer has %d bytes", vms.size(), bytes);
        int port = StartBench.freePort();
        var peer =
                new ProcessBuilder(ConstantServer.command(port, bytes))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            StartBench.awaitAnswer(peer, port, System.nanoTime());
            compare(new Load(url, bodies), new Load("http://127.0.0.1:" + port + "/", bodies));
        } finally {
            peer.destroy();
            peer.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private void compare(Load ours, Load bare) throws Exception {
        warm(ours);
        warm(bare);
        var mine = new ArrayList<Load.Result>();
        var theirs = new ArrayList<Load.Result>();
        for (int round = 1; round <= rounds.count(); round++) {
            mine.add(ours.run(rounds.seconds()));
            theirs.add(bare.run(rounds.seconds()));
            report.line("round " + round + ": GetVmInfo", "%s", mine.getLast());
            report.line("round " + round + ": constant bytes", "%s", theirs.getLast());
        }
        if (grpc) {
            grpc(ours, bare);
        }
        report.atLeast("share of the bare rate, median", rate(mine) / rate(theirs), 0.5, "");
        report.atMost("p99, median round", p99(mine), 3, " ms");
        report.line("p99 of the peer, median round", "%.2f ms", p99(theirs));
        long failures = mine.stream().mapToLong(Load.Result::failures).sum();
        report.atMost("failures", (double) failures, 0, "");
    }

    /// The same over HTTP/2; no budget, for the tool measures no p99.
    private void grpc(Load ours, Load bare) throws Exception {
        if (!H2Load.installed()) {
            report.line("gRPC, h2c", "not measured: no h2load (Debian: nghttp2-client)");
            return;
        }
        var vm = vms.getFirst();
        H2Load.rate(ours.url(), vm, WARM_SECONDS);
        H2Load.rate(bare.url(), vm, WARM_SECONDS);
        var mine = new double[rounds.count()];
        var theirs = new double[rounds.count()];
        for (int round = 0; round < rounds.count(); round++) {
            mine[round] = H2Load.rate(ours.url(), vm, rounds.seconds());
            theirs[round] = H2Load.rate(bare.url(), vm, rounds.seconds());
        }
        report.line("gRPC, h2c: GetVmInfo, rounds", "%s /s", rates(mine));
        report.line("gRPC, h2c: constant bytes, rounds", "%s /s", rates(theirs));
        double rate = median(DoubleStream.of(mine).sorted().toArray());
        double bareRate = median(DoubleStream.of(theirs).sorted().toArray());
        report.line(
                "gRPC, h2c: GetVmInfo, median",
                "%,.0f/s, %.2f of constant bytes",
                rate,
                rate / bareRate);
    }

    private static String rates(double[] rates) {
        return DoubleStream.of(rates)
                .mapToObj("%,.0f"::formatted)
                .collect(Collectors.joining(", "));
    }

    /// Loads until the compilers of the JVM have seen enough, whatever else runs on the machine.
    private void warm(Load load) throws Exception {
        long calls = 0;
        int passes = 0;
        while (calls < WARM && passes++ < MOST_PASSES) {
            calls += (long) (load.run(rounds.seconds()).rate() * rounds.seconds());
        }
        report.line("warmed by", "%,d calls: %s", calls, load.url());
    }

    private static double rate(List<Load.Result> results) {
        return median(results.stream().mapToDouble(Load.Result::rate).sorted().toArray());
    }

    private static double p99(List<Load.Result> results) {
        return median(results.stream().mapToDouble(Load.Result::p99Millis).sorted().toArray());
    }

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }

    private static int size(String url, String body) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create(url))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(
                        "GetVmInfo: " + answer.statusCode() + " (expected: 200)");
            }
            return answer.body().length;
        }
    }
}
