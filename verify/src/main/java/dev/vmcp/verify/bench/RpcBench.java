package dev.vmcp.verify.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `GetVmInfo` of a running VM as Connect JSON over HTTP/1.1, in turn with bare Armeria that
/// answers as many constant bytes.
final class RpcBench {

    private static final String BODY = "{\"vmId\":\"rpc\"}";

    private final Report report;
    private final int rounds;
    private final int seconds;

    RpcBench(Arguments arguments, Report report) {
        this.report = report;
        this.rounds = arguments.number("rounds", 5);
        this.seconds = arguments.number("seconds", 4);
    }

    void run() throws Exception {
        report.line("host", "%s", BenchHost.form());
        report.line(
                "load",
                "%s, 16 connections",
                Load.hasWrk() ? "wrk, one thread" : "our own, for wrk is missing");
        try (var host = new BenchHost()) {
            host.create("rpc");
            host.boot("rpc");
            var url = host.process().url() + "/vmm.v1.VmService/GetVmInfo";
            int bytes = size(url);
            report.line("answer", "%d bytes", bytes);
            int port = StartBench.freePort();
            var peer =
                    new ProcessBuilder(ConstantServer.command(port, bytes))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try {
                StartBench.awaitAnswer(peer, port, System.nanoTime());
                compare(new Load(url, BODY), new Load("http://127.0.0.1:" + port + "/", BODY));
            } finally {
                peer.destroy();
                peer.waitFor(10, TimeUnit.SECONDS);
            }
        }
    }

    /// Both are warm after the first two rounds, which do not count.
    private void compare(Load ours, Load bare) throws Exception {
        var mine = new ArrayList<Load.Result>();
        var theirs = new ArrayList<Load.Result>();
        for (int round = -2; round < rounds; round++) {
            var a = ours.run(seconds);
            var b = bare.run(seconds);
            if (round >= 0) {
                mine.add(a);
                theirs.add(b);
                report.line("round " + (round + 1) + ": GetVmInfo", "%s", a);
                report.line("round " + (round + 1) + ": constant bytes", "%s", b);
            }
        }
        report.line("peer gRPC, h2c", "not measured: no load tool for it here");
        report.atLeast("share of the bare rate, median", rate(mine) / rate(theirs), 0.5, "");
        report.atMost("p99, median round", p99(mine), 3, " ms");
        report.line("p99 of the peer, median round", "%.2f ms", p99(theirs));
        long failures = mine.stream().mapToLong(Load.Result::failures).sum();
        report.atMost("failures", (double) failures, 0, "");
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

    private static int size(String url) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create(url))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(BODY))
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
