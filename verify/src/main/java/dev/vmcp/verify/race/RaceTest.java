package dev.vmcp.verify.race;

import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.platform.files.FileTrees;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.Options;
import dev.vmcp.verify.harness.TinyHost;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// Two racing calls on one VM, again and again, on real QEMU through a real host: they end as the
/// table in core allows, no VM is ever stuck, and nothing is left.
public final class RaceTest {

    /// VMs that race at the same time: a guest that ignores its power button makes a reboot long.
    private static final int AT_ONCE = 8;

    private final Path data;
    private final Path kernel;
    private final long seed;

    private RaceTest(Path directory, long seed) throws IOException {
        this.data = directory.resolve("data");
        this.kernel = directory.resolve("tiny");
        this.seed = seed;
        TinyGuest.writeTo(kernel);
    }

    /// `--pairs N --seed S`; exits with 1 when a pair failed, and says how to repeat.
    public static void main(String[] words) throws Exception {
        Options.main(
                List.of(words),
                options -> {
                    int pairs = options.count("pairs", 300);
                    long seed = options.number("seed", System.nanoTime());
                    options.requireNoOther();
                    var faults = run(pairs, seed);
                    faults.forEach(System.out::println);
                    return faults.isEmpty() ? 0 : 1;
                });
    }

    /// Runs the pairs in a directory of its own, which is gone afterwards unless one failed.
    ///
    /// @return what did not hold, led by how to repeat it; empty when all did
    public static List<String> run(int pairs, long seed) throws Exception {
        var directory = Files.createTempDirectory("vmcp-race").toRealPath();
        System.out.println("race: " + pairs + " pairs on qemu, seed " + seed);
        var faults = new RaceTest(directory, seed).race(pairs);
        if (faults.isEmpty()) {
            System.out.println("race: " + pairs + " pairs ended as they may, nothing is left");
            FileTrees.remove(directory);
        } else {
            faults.addFirst(
                    "repeat it: ./run race --driver qemu --pairs "
                            + pairs
                            + " --seed "
                            + seed
                            + "; host log: "
                            + data(directory)
                            + ".log");
        }
        return faults;
    }

    private static Path data(Path directory) {
        return directory.resolve("data");
    }

    private List<String> race(int pairs) throws Exception {
        var faults = new ArrayList<String>();
        try (var host = HostProcess.start(TinyHost.setup(data));
                var client = HostClient.of(Endpoint.parse(host.url()), TlsFiles.NONE, "");
                var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            var racer = new Racer(client, kernel);
            var places = new Semaphore(AT_ONCE);
            var races = chosen(pairs).stream().map(race -> race.on(racer, places)).toList();
            for (var result : workers.invokeAll(races)) {
                try {
                    var fault = result.get();
                    if (!fault.isEmpty()) {
                        faults.add(fault);
                    }
                } catch (ExecutionException e) {
                    faults.add(String.valueOf(e.getCause()));
                }
            }
            int status = host.terminate();
            if (status != 0) {
                faults.add("the host ended with status " + status + " (expected: 0)");
            }
        }
        faults.addAll(left());
        return faults;
    }

    /// Each pair as often as any other, in an order of chance.
    private List<Race> chosen(int pairs) {
        var random = new Random(seed);
        var all = new ArrayList<>(Pair.all());
        var chosen = new ArrayList<Race>();
        for (int i = 0; i < pairs; i++) {
            if (i % all.size() == 0) {
                Collections.shuffle(all, random);
            }
            var apart = Racer.apart(random.nextLong());
            chosen.add(new Race("race-" + i, all.get(i % all.size()), apart));
        }
        return chosen;
    }

    private record Race(String vm, Pair pair, long apart) {

        Callable<String> on(Racer racer, Semaphore places) {
            return () -> {
                places.acquire();
                try {
                    var ending = racer.run(vm, pair, apart);
                    return pair.allows(ending) ? "" : this + " ended in " + ending;
                } catch (Exception e) {
                    return this + ": " + e;
                } finally {
                    places.release();
                }
            };
        }

        @Override
        public String toString() {
            return vm + ": " + pair + ", " + apart / 1000 + " µs apart";
        }
    }

    private List<String> left() throws IOException {
        var faults = new ArrayList<String>();
        var living = VmmProcesses.of(data);
        if (!living.isEmpty()) {
            faults.add("VMMs that are left: " + living);
            living.keySet().stream()
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .forEach(ProcessHandle::destroyForcibly);
        }
        for (var place : List.of("launches", "vms")) {
            try (var entries = Files.list(data.resolve(place))) {
                entries.forEach(entry -> faults.add("left behind: " + entry));
            }
        }
        return faults;
    }
}
