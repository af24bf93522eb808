package dev.vmcp.verify.bench;

import dev.vmcp.platform.files.FileTrees;
import dev.vmcp.verify.harness.Options;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// From exec to the first answer of `/health`, in turn with a bare server in a JVM of the same
/// flags; and what the host holds of memory when it idles.
final class StartBench {

    private static final long LIMIT = TimeUnit.SECONDS.toNanos(60);

    private final Report report;
    private final int rounds;
    private final int idle;

    StartBench(Options options, Report report) {
        this.report = report;
        this.rounds = options.count("rounds", 10);
        this.idle = options.count("idle-seconds", 3);
    }

    void run() throws Exception {
        report.line("host", "%s", BenchHost.form());
        var directory = Files.createTempDirectory("vmcp-bench").toRealPath();
        var ours = new Samples();
        var first = new Samples();
        var peer = new Samples();
        var resident = new Samples();
        try {
            for (int i = 0; i < rounds; i++) {
                var data = directory.resolve("data-" + i);
                int port = freePort();
                first.add(timed(host(data, port), port, resident, 0));
                ours.add(timed(host(data, port), port, resident, idle));
                int other = freePort();
                peer.add(timed(ConstantServer.command(other, 100), other, new Samples(), 0));
            }
        } finally {
            FileTrees.remove(directory);
        }
        report.line("first start, journal made", "%s", first);
        report.line("start, journal there", "%s", ours);
        report.line("bare Armeria, no cache", "%s", peer);
        report.line("ratio ours / bare, p50", "%.2f", ours.millis(50) / peer.millis(50));
        report.atMost("first answer, p50", ours.millis(50) / 1000, 0.7, " s");
        report.atMost("idle resident memory", resident.millis(50), 150, " MB");
    }

    private static List<String> host(Path data, int port) {
        var flags = List.of("host", "--data-dir=" + data, "--port=" + port);
        var command = new ArrayList<String>();
        BenchHost.launcher()
                .ifPresentOrElse(
                        launcher -> command.add(launcher.toString()),
                        () -> {
                            command.addAll(ConstantServer.jvm());
                            command.add("dev.vmcp.host.Main");
                            command.add("vmcp");
                        });
        command.addAll(flags);
        return command;
    }

    /// Starts, waits for the first answer, ends it. What it holds goes to `resident`, in bytes.
    private static long timed(List<String> command, int port, Samples resident, int idle)
            throws Exception {
        var builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        long began = System.nanoTime();
        var process = builder.start();
        try {
            awaitAnswer(process, port, began);
            long took = System.nanoTime() - began;
            if (idle > 0) {
                var _ = process.waitFor(idle, TimeUnit.SECONDS);
                resident.add(
                        1_000_000 * ProcessFacts.of(process.pid()).residentBytes() / 1_000_000);
            }
            return took;
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    static void awaitAnswer(Process process, int port, long began) {
        while (!answers(port)) {
            if (!process.isAlive() || System.nanoTime() - began > LIMIT) {
                throw new IllegalStateException("server: no answer (expected: one in a minute)");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    private static boolean answers(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(10_000);
            var request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(12), StandardCharsets.US_ASCII).startsWith("HTTP/1.1 ");
        } catch (IOException e) {
            return false;
        }
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
