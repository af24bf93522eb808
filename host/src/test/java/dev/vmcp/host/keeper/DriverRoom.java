package dev.vmcp.host.keeper;

import dev.vmcp.core.backend.HostKvm;
import dev.vmcp.core.vm.SpecRules;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.disk.AllowedRoots;
import dev.vmcp.host.disk.DiskLocks;
import dev.vmcp.host.disk.SpecPaths;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.process.Processes;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Keepers of VMs over a driver of the conformance kit.
public final class DriverRoom {

    private final PickyJournal journal = new PickyJournal();
    private final Layout layout;
    private final Processes processes;
    private final Keepers keepers;

    /// @param directory where the data go
    /// @param files below which the specs name their files
    public DriverRoom(Path directory, Path files, Driver driver, Processes processes)
            throws IOException {
        this.processes = processes;
        this.layout = new Layout(directory.resolve("data"), 0);
        layout.make();
        keepers = new Keepers(ground(driver, files));
    }

    private Ground ground(Driver driver, Path files) {
        var checks = new HostChecks(new SpecPaths(new AllowedRoots(List.of(files))), _ -> true);
        var drivers = Map.of(driver.name(), driver);
        var backends = new Backends(drivers, driver.name(), HostKvm.Full::new);
        var rules = SpecRules.Limits.PUBLISHED.withLeastMemory(1 << 20);
        return new Ground(
                journal,
                processes,
                drivers,
                _ -> new FakeConsole(),
                layout,
                new DiskLocks(),
                checks,
                new Admission(backends, checks, rules, RandomGenerator.getDefault()),
                new Capacity(1L << 40),
                new Feed(),
                new Boots(OpenTelemetry.noop().getMeter("none")),
                Context.root(),
                Ground.Limits.USUAL,
                InstantSource.system(),
                RandomGenerator.getDefault());
    }

    public void create(String id, VmSpec spec, String backend) {
        var order = new Keepers.Order(new VmId(id), spec, backend, "a test");
        var _ = KeeperRoom.done(keepers.create(order));
    }

    /// That many callers boot it at the same time: `OK`, or the code of the problem, for each.
    public List<String> boot(String id, int callers) {
        var vm = keepers.find(new VmId(id)).orElseThrow();
        var answers = IntStream.range(0, callers).mapToObj(_ -> vm.ask(Ask.of(Verb.BOOT))).toList();
        return answers.stream()
                .map(answer -> answer.orTimeout(60, TimeUnit.SECONDS).join())
                .map(KeeperRoom::code)
                .toList();
    }

    /// How often a launch of it was written down.
    public long launches(String id) {
        return journal.phases(new VmId(id)).stream().filter("Booting"::equals).count();
    }

    /// Ends and removes it.
    public String delete(String id) {
        var vm = keepers.find(new VmId(id)).orElseThrow();
        return KeeperRoom.code(KeeperRoom.force(vm, Verb.DELETE));
    }

    /// What runs of it.
    public List<Processes.Found> running() {
        return processes.scan(layout.launches());
    }
}
