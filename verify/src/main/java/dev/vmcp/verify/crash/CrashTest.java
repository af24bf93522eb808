package dev.vmcp.verify.crash;

import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import dev.vmcp.verify.crash.Known.Place;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.TinyHost;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// Kills a host again and again amid a storm of calls on 20 tiny guests, and looks after each
/// restart whether anything was lost, doubled or left behind.
public final class CrashTest {

    private static final int VMS = 20;
    private static final int WORKERS = 5;

    /// Where a host of every second round kills itself, at the n-th time that it comes by.
    private static final List<String> POINTS =
            List.of(
                    "journal.before-commit",
                    "journal.after-commit",
                    "spawn.before",
                    "spawn.after",
                    "remove.before",
                    "remove.after");

    private final Path directory;
    private final Guests guests;
    private final long seed;
    private final List<Known> known = new ArrayList<>();

    private CrashTest(Path directory, long seed, List<String> backends) throws IOException {
        this.directory = directory;
        this.seed = seed;
        this.guests = Guests.in(directory);
        for (int i = 0; i < VMS; i++) {
            known.add(new Known("vm-" + i, backends.get(i % backends.size())));
        }
    }

    /// `--rounds N --seed S --backends A,B`; exits with 1 at the first round that fails, and says
    /// how to repeat it.
    public static void main(String[] arguments) throws Exception {
        long rounds = option(arguments, "--rounds", 20);
        long seed = option(arguments, "--seed", System.nanoTime());
        var backends = List.of(text(arguments, "--backends", "qemu").split(",", -1));
        var faults = run((int) rounds, seed, backends);
        if (!faults.isEmpty()) {
            faults.forEach(System.out::println);
            System.exit(1);
        }
        System.exit(0);
    }

    private static long option(String[] arguments, String name, long fallback) {
        return Long.parseLong(text(arguments, name, Long.toString(fallback)));
    }

    private static String text(String[] arguments, String name, String fallback) {
        for (int i = 0; i + 1 < arguments.length; i++) {
            if (arguments[i].equals(name)) {
                return arguments[i + 1];
            }
        }
        return fallback;
    }

    /// Runs the rounds in a directory of its own, which is gone afterwards unless a round failed.
    ///
    /// @return what did not hold, led by the seed that repeats it; empty when all did
    public static List<String> run(int rounds, long seed) throws Exception {
        return run(rounds, seed, List.of("qemu"));
    }

    /// As [#run(int, long)], with the VMs spread over these backends.
    public static List<String> run(int rounds, long seed, List<String> backends) throws Exception {
        var directory = Files.createTempDirectory("vmcp-crash").toRealPath();
        System.out.println("crash test: " + rounds + " rounds, seed " + seed + ", in " + directory);
        var faults = new CrashTest(directory, seed, backends).rounds(rounds);
        if (faults.isEmpty()) {
            remove(directory);
        } else {
            faults.addFirst(
                    "repeat it: ./run crash --rounds "
                            + rounds
                            + " --seed "
                            + seed
                            + " --backends "
                            + String.join(",", backends)
                            + "; host log: "
                            + directory
                            + "/data.log");
        }
        return faults;
    }

    private List<String> rounds(int rounds) throws Exception {
        var random = new SplittableRandom(seed);
        for (int round = 1; round <= rounds; round++) {
            storm(random.split());
            var faults = inspect();
            if (!faults.isEmpty()) {
                faults.addFirst("round " + round + ":");
                VmmProcesses.of(directory.resolve("data")).keySet().forEach(CrashTest::end);
                return faults;
            }
            if (round % 10 == 0) {
                System.out.println("round " + round + ": all held");
            }
        }
        return finish();
    }

    private HostProcess.Setup setup() {
        return TinyHost.setup(directory.resolve("data"));
    }

    private void storm(SplittableRandom random) throws Exception {
        boolean atPoint = random.nextBoolean();
        var point = POINTS.get(random.nextInt(POINTS.size())) + ":" + (1 + random.nextInt(40));
        long life = 200L + random.nextInt(1800);
        var setup = atPoint ? setup().with("VMCP_CRASH_AT", point) : setup();
        HostProcess host;
        try {
            host = HostProcess.start(setup);
        } catch (IllegalStateException e) {
            if (atPoint) {
                // It came by its point already while it recovered: that is a round, too.
                return;
            }
            throw e;
        }
        var over = new AtomicBoolean();
        try (host;
                var client = client(host);
                var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            var storms =
                    Stream.iterate(0, i -> i + 1)
                            .limit(WORKERS)
                            .map(i -> storm(client, i, random.split(), over))
                            .map(workers::submit)
                            .toList();
            var _ = host.awaitEnd(life, TimeUnit.MILLISECONDS);
            over.set(true);
            host.kill();
            for (var storm : storms) {
                try {
                    var _ = storm.get(60, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    throw new IllegalStateException(
                            "seed " + seed + ": a call was refused", e.getCause());
                }
            }
        }
    }

    private Callable<Boolean> storm(
            HostClient client, int worker, SplittableRandom random, AtomicBoolean over) {
        var mine = known.subList(worker * VMS / WORKERS, (worker + 1) * VMS / WORKERS);
        var storm = new Storm(client, guests, mine, random, over::get);
        return () -> {
            storm.run();
            return true;
        };
    }

    private List<String> inspect() {
        try (var host = HostProcess.start(setup());
                var client = client(host)) {
            return new Inspection(client, directory.resolve("data")).run(known);
        }
    }

    /// Deletes everything and looks whether anything is left.
    private List<String> finish() {
        var faults = new ArrayList<String>();
        try (var host = HostProcess.start(setup());
                var client = client(host)) {
            for (var vm : known) {
                if (vm.place != Place.ABSENT) {
                    client.deleteVm(
                            DeleteVmRequest.newBuilder().setVmId(vm.vm).setForce(true).build());
                }
            }
            int status = host.terminate();
            if (status != 0) {
                faults.add("the host ended with status " + status + " (expected: 0)");
            }
        }
        var living = VmmProcesses.of(directory.resolve("data"));
        if (!living.isEmpty()) {
            faults.add("VMMs that are left: " + living);
        }
        for (var place : List.of("launches", "vms", "volumes")) {
            var left = entries(directory.resolve("data").resolve(place));
            if (!left.isEmpty()) {
                faults.add("left in " + place + ": " + left);
            }
        }
        faults.addAll(mounts());
        return faults;
    }

    /// Bind mounts of ours that are left.
    private List<String> mounts() {
        try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.filter(line -> line.contains(directory.toString()))
                    .map(line -> "left mounted: " + line)
                    .toList();
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    private static HostClient client(HostProcess host) {
        return HostClient.of(Endpoint.parse(host.url()), TlsFiles.NONE, "");
    }

    private static void end(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    private static List<String> entries(Path directory) {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    private static void remove(Path tree) throws IOException {
        try (var paths = Files.walk(tree)) {
            for (var path : paths.toList().reversed()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
