package dev.vmcp.verify.fuzz;

import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.platform.files.FileTrees;
import dev.vmcp.verify.harness.Growth;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.Options;
import dev.vmcp.verify.harness.TinyHost;
import dev.vmcp.verify.harness.Vitals;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/// `./run fuzz --requests N [--rate R] [--seed S]`: fuzzes a host of its own and looks at it
/// afterwards.
public final class FuzzRun {

    private FuzzRun() {}

    /// Exits with 1 when something was wrong, and says how to repeat it.
    public static void main(String[] words) throws Exception {
        Options.main(
                List.of(words),
                options -> {
                    long requests = options.number("requests", 100_000);
                    int rate = options.count("rate", 2000);
                    long seed = options.number("seed", System.nanoTime());
                    options.requireNoOther();
                    var faults = run(requests, rate, seed);
                    faults.forEach(System.out::println);
                    return faults.isEmpty() ? 0 : 1;
                });
    }

    /// Fuzzes a host in a directory of its own, which is gone afterwards unless something was
    /// wrong.
    public static List<String> run(long requests, int rate, long seed) throws Exception {
        var directory = Files.createTempDirectory("vmcp-fuzz").toRealPath();
        System.out.println(
                "fuzz: " + requests + " requests, seed " + seed + ", host in " + directory);
        TinyGuest.writeTo(directory.resolve("tiny"));
        var setup =
                TinyHost.setup(directory.resolve("data"))
                        .with("VMCP_ALLOWED_PATHS", directory.toString());
        var faults = new ArrayList<String>();
        try (var host = HostProcess.start(setup);
                var client = HostClient.of(Endpoint.parse(host.url()), TlsFiles.NONE, "")) {
            var kernel = directory.resolve("tiny").toString();
            var fuzz = new Fuzz(client, host.address(), kernel, seed);
            faults.addAll(observed(fuzz, host, setup.directory(), requests, rate));
            if (!host.alive()) {
                faults.add("the host has ended");
            } else if (host.terminate() != 0) {
                faults.add("the host did not end well");
            }
        }
        faults.addAll(logged(setup.log()));
        var left = VmmProcesses.of(setup.directory());
        if (!left.isEmpty()) {
            faults.add("VMMs that are left: " + left);
            left.keySet()
                    .forEach(
                            pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        }
        if (faults.isEmpty()) {
            FileTrees.remove(directory);
        } else {
            faults.addFirst("seed " + seed + "; host log: " + setup.log());
        }
        return faults;
    }

    private static List<String> observed(
            Fuzz fuzz, HostProcess host, Path data, long requests, int rate) throws Exception {
        var seen = new ConcurrentLinkedDeque<Vitals>();
        long every = Math.max(2000, requests / 20 / 2000 * 2000);
        var faults =
                new ArrayList<>(
                        fuzz.run(
                                requests,
                                rate,
                                sent -> {
                                    if (sent % every == 0) {
                                        seen.add(vitals(host, data));
                                        System.out.println(sent + ": " + seen.peekLast());
                                    }
                                }));
        if (seen.size() >= Growth.FEWEST) {
            faults.addAll(new Growth(List.copyOf(seen)).faults());
        }
        return faults;
    }

    private static Vitals vitals(HostProcess host, Path data) {
        try {
            return Vitals.of(host, data);
        } catch (IOException e) {
            throw new IllegalStateException("host " + host.pid() + ": " + e, e);
        }
    }

    /// What the host itself says was a fault of its own.
    private static List<String> logged(Path log) throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.filter(line ->
                            line.contains("\"event\":\"rpc-failed\"")
                                    || line.contains("\"event\":\"http-failed\"")
                                    || line.contains("OutOfMemoryError"))
                    .limit(20)
                    .toList();
        }
    }
}
