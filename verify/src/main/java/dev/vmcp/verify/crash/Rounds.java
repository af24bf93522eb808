package dev.vmcp.verify.crash;

import dev.vmcp.api.host.v1.DeleteSnapshotRequest;
import dev.vmcp.api.host.v1.ListSnapshotsRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// The rounds of one crash test: a storm that ends with the host's death, then an inspection by the
/// next host.
final class Rounds {

    /// A host that does not answer at all is a finding, not a reason to wait.
    private static final Duration ANSWERED = Duration.ofMinutes(1);

    private static final int VMS = 20;
    private static final int WORKERS = 5;

    /// What a storm may wait for beyond its time, so that one on a slow machine is one, too.
    private static final int MOST_CALLS = 150;

    private static final Duration MOST_PATIENCE = Duration.ofSeconds(20);

    /// Where a host of every second round kills itself, at the n-th time that it comes by.
    ///
    /// @param most how often it comes by there at least in a storm of usual length
    private record Point(String name, int most) {}

    private static final List<Point> POINTS =
            List.of(
                    new Point("journal.before-commit", 40),
                    new Point("journal.after-commit", 40),
                    new Point("spawn.before", 12),
                    new Point("spawn.after", 12),
                    new Point("remove.before", 12),
                    new Point("remove.after", 12),
                    new Point("traces.recorded", 6),
                    new Point("traces.lent", 5),
                    new Point("traces.mounted", 6),
                    new Point("traces.undone", 4),
                    new Point("snapshot.manifest", 3),
                    new Point("snapshot.shown", 3),
                    new Point("snapshot.hidden", 2));

    private final Path directory;
    private final List<Known> known = new ArrayList<>();
    private final Guests guests;
    private final long seed;
    private final Residues residues;

    /// Whether hosts may give VMMs control groups with limits.
    private final boolean bounds;

    private final Tally tally = new Tally();

    /// How often a host has died at which point by itself.
    private final TreeMap<String, Integer> deaths = new TreeMap<>();

    Rounds(Path directory, long seed, List<String> backends) throws IOException {
        this.directory = directory;
        this.seed = seed;
        for (int i = 0; i < VMS; i++) {
            known.add(new Known(i, backends.get(i % backends.size())));
        }
        this.guests = Guests.in(directory, known);
        this.bounds =
                backends.contains("firecracker")
                        && TinyHost.installed("jailer")
                        && OwnGround.bounds();
        Files.createDirectory(directory.resolve("tmp"));
        try (var host = HostProcess.start(setup())) {
            host.terminate();
        }
        this.residues = new Residues(directory, guests.files(), VMS);
    }

    /// @return what did not hold, up to the first round with such
    List<String> run(int rounds) throws Exception {
        var random = new SplittableRandom(seed);
        for (int round = 1; round <= rounds; round++) {
            storm(random.split());
            var faults = inspect();
            if (!faults.isEmpty()) {
                faults.addFirst("round " + round + ":");
                VmmProcesses.of(directory.resolve("data")).keySet().forEach(Rounds::end);
                return faults;
            }
            if (round % 10 == 0) {
                System.out.println(
                        "round " + round + ": all held; died at " + deaths + "; done: " + tally);
            }
        }
        return finish();
    }

    private HostProcess.Setup setup() {
        return setup(false);
    }

    /// @param bounded whether VMMs in jails get control groups with limits
    private HostProcess.Setup setup(boolean bounded) {
        var setup =
                TinyHost.setup(directory.resolve("data"))
                        .with("VMCP_FIRECRACKER_LIMITS", Boolean.toString(bounded));
        var jvm = new ArrayList<>(setup.jvm());
        jvm.add("-Djava.io.tmpdir=" + directory.resolve("tmp"));
        jvm.add("-XX:-UsePerfData");
        return new HostProcess.Setup(
                setup.directory(), setup.log(), setup.environment(), jvm, setup.arguments());
    }

    private void storm(SplittableRandom random) throws Exception {
        boolean atPoint = random.nextBoolean();
        var point = POINTS.get(random.nextInt(POINTS.size()));
        int time = 1 + random.nextInt(point.most);
        int calls = random.nextInt(MOST_CALLS);
        long life = 200L + random.nextInt(1800) + (atPoint ? 2000 : 0);
        boolean bounded = random.nextBoolean() && bounds;
        var usual = setup(bounded);
        var setup = atPoint ? usual.with("VMCP_CRASH_AT", point.name + ":" + time) : usual;
        HostProcess host;
        try {
            host = HostProcess.start(setup);
        } catch (IllegalStateException e) {
            if (atPoint) {
                // It came by its point already while it recovered: that is a round, too.
                deaths.merge(point.name, 1, Integer::sum);
                return;
            }
            throw e;
        }
        var over = new AtomicBoolean();
        try (host;
                var client = client(host);
                var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            var weather = new Storm.Weather(client, guests, bounded, tally);
            var storms =
                    Stream.iterate(0, i -> i + 1)
                            .limit(WORKERS)
                            .map(i -> storm(weather, i, random.split(), over))
                            .map(workers::submit)
                            .toList();
            if (outlived(host, life, tally.of(Storm.CALLS) + calls)) {
                deaths.merge(atPoint ? point.name : "no point", 1, Integer::sum);
            }
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

    /// Waits until a host has lived so long and answered so many calls; true when it ends before.
    private boolean outlived(HostProcess host, long life, int calls) throws InterruptedException {
        long end = System.nanoTime() + MOST_PATIENCE.toNanos();
        boolean ended = host.awaitEnd(life, TimeUnit.MILLISECONDS);
        while (!ended && tally.of(Storm.CALLS) < calls && System.nanoTime() - end < 0) {
            ended = host.awaitEnd(1, TimeUnit.MILLISECONDS);
        }
        return ended;
    }

    private Callable<Boolean> storm(
            Storm.Weather weather, int worker, SplittableRandom random, AtomicBoolean over) {
        var mine = known.subList(worker * VMS / WORKERS, (worker + 1) * VMS / WORKERS);
        var storm = new Storm(weather, mine, random, over::get);
        return () -> {
            storm.run();
            return true;
        };
    }

    private List<String> inspect() {
        try (var host = HostProcess.start(setup());
                var client = client(host)) {
            var inspection = new Inspection(client, directory.resolve("data"));
            var faults = inspection.run(known);
            faults.addAll(residues.beyond(inspection.accounted(host.pid(), known, guests)));
            return faults;
        }
    }

    /// Deletes everything and looks whether anything is left.
    private List<String> finish() {
        var faults = new ArrayList<String>();
        try (var host = HostProcess.start(setup());
                var client = client(host)) {
            restored(client);
            for (var vm : known) {
                if (vm.place != Place.ABSENT) {
                    client.deleteVm(
                            DeleteVmRequest.newBuilder().setVmId(vm.vm).setForce(true).build());
                }
            }
            // What diffs stand on goes after them.
            for (var saved :
                    client.listSnapshots(ListSnapshotsRequest.getDefaultInstance())
                            .getSnapshotsList()
                            .reversed()) {
                client.deleteSnapshot(
                        DeleteSnapshotRequest.newBuilder()
                                .setSnapshotId(saved.getSnapshotId())
                                .build());
            }
            faults.addAll(residues.openIn(host.pid()));
            int status = host.terminate();
            if (status != 0) {
                faults.add("the host ended with status " + status + " (expected: 0)");
            }
        }
        var living = VmmProcesses.of(directory.resolve("data"));
        if (!living.isEmpty()) {
            faults.add("VMMs that are left: " + living);
        }
        faults.addAll(residues.beyond(Accounted.nothing()));
        System.out.println("died at " + deaths + "; done: " + tally);
        return faults;
    }

    /// Starts a VM from each snapshot that is left and fits it.
    private void restored(HostClient client) {
        var saves = new Saves(client, tally);
        int restored = 0;
        for (var vm : known) {
            for (var link : vm.place == Place.ABSENT ? List.<Chain.Link>of() : vm.chain.links()) {
                if (vm.place == Place.RUNNING || vm.place == Place.PAUSED) {
                    client.shutdownVm(
                            ShutdownVmRequest.newBuilder().setVmId(vm.vm).setForce(true).build());
                    vm.at(Place.STOPPED);
                }
                restored += saves.restore(vm, link) ? 1 : 0;
            }
        }
        System.out.println("at the end, VMs started from " + restored + " snapshots");
    }

    private static HostClient client(HostProcess host) {
        return HostClient.of(Endpoint.parse(host.url()), TlsFiles.NONE, "").within(ANSWERED);
    }

    private static void end(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
}
