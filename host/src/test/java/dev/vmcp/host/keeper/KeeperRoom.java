package dev.vmcp.host.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.backend.HostKvm;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.RestartBudget;
import dev.vmcp.core.vm.SpecRules;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.disk.AllowedRoots;
import dev.vmcp.host.disk.DiskLocks;
import dev.vmcp.host.disk.SpecPaths;
import dev.vmcp.host.driver.Script;
import dev.vmcp.host.driver.ScriptedDriver;
import dev.vmcp.host.driver.ScriptedVmm;
import dev.vmcp.host.process.Eventually;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// A host of keepers over scripted VMMs, in a directory of its own. [#restart] begins its next
/// life, which finds the journal, the files and the VMMs as the one before left them.
final class KeeperRoom {

    static final long MEMORY = 1L << 30;
    static final Ground.Limits QUICK =
            new Ground.Limits(
                    Duration.ofSeconds(10),
                    Duration.ofMillis(500),
                    Duration.ofMillis(1500),
                    Duration.ofMillis(20),
                    Duration.ofMillis(1000),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    new RestartBudget(5, Duration.ofMillis(50)));

    final ScriptedDriver vmms = new ScriptedDriver();
    final PickyJournal journal = new PickyJournal();
    final Map<VmId, FakeConsole> consoles = new ConcurrentHashMap<>();
    final Layout layout;
    DiskLocks locks = new DiskLocks();
    Capacity capacity = new Capacity(4 * MEMORY);

    /// By how much the wall clock is ahead of the real one.
    volatile Duration ahead = Duration.ZERO;

    private final Path files;
    private final Ground.Limits limits;
    private Keepers keepers;

    KeeperRoom(Path directory) throws IOException {
        this(directory, QUICK);
    }

    KeeperRoom(Path directory, Ground.Limits limits) throws IOException {
        this.files = directory;
        this.limits = limits;
        layout = new Layout(directory.resolve("data"), 0);
        layout.make();
        Files.writeString(directory.resolve("kernel"), "kernel");
        Files.writeString(directory.resolve("disk"), "disk");
        keepers = new Keepers(ground());
    }

    private Ground ground() {
        var checks = new HostChecks(new SpecPaths(new AllowedRoots(List.of(files))), _ -> true);
        return new Ground(
                journal,
                vmms,
                Map.of(ScriptedDriver.NAME, vmms),
                id -> consoles.compute(id, (_, _) -> new FakeConsole()),
                layout,
                locks,
                checks,
                admission(checks),
                capacity,
                new Feed(),
                new Boots(OpenTelemetry.noop().getMeter("none")),
                Context.root(),
                limits,
                () -> Instant.now().plus(ahead),
                RandomGenerator.getDefault());
    }

    private Admission admission(HostChecks checks) {
        var backends =
                new Backends(
                        Map.of(ScriptedDriver.NAME, vmms),
                        ScriptedDriver.NAME,
                        () -> new HostKvm.Full());
        var limits = SpecRules.Limits.PUBLISHED.withLeastMemory(1 << 20);
        return new Admission(backends, checks, limits, RandomGenerator.getDefault());
    }

    Keepers keepers() {
        return keepers;
    }

    /// The host dies: it hears and does nothing any more, and nobody tells the VMMs.
    void die() {
        vmms.alive().forEach(ScriptedVmm::hostDied);
        forgetClaims();
    }

    /// The next life of the host begins.
    Recovery.Report restart() {
        var report = read();
        new Adoption(keepers).start();
        return report;
    }

    /// The next life of the host has read what was left, and looked at no VMM yet.
    Recovery.Report read() {
        die();
        var ground = ground();
        keepers = new Keepers(ground);
        return new Recovery(ground, keepers).run();
    }

    /// What a host knows of disks and memory dies with it.
    private void forgetClaims() {
        locks = new DiskLocks();
        capacity = new Capacity(4 * MEMORY);
    }

    VmSpec spec() {
        return spec(MEMORY, List.of());
    }

    VmSpec spec(long bytes, List<VmSpec.Disk> disks) {
        return new VmSpec(
                new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                new VmSpec.Memory(bytes, false, 0, Map.of()),
                new VmSpec.Boot(files.resolve("kernel").toString(), "", "", Map.of()),
                disks,
                List.of(),
                new VmSpec.Console(false, "", "", ""),
                Map.of());
    }

    VmSpec.Disk disk() {
        var path = files.resolve("disk").toString();
        return new VmSpec.Disk("d", path, false, true, "", Map.of());
    }

    VmKeeper create(String id) {
        return create(id, spec());
    }

    VmKeeper create(String id, VmSpec spec) {
        return done(keepers.create(order(id, spec)));
    }

    Keepers.Order order(String id, VmSpec spec) {
        return new Keepers.Order(new VmId(id), spec, ScriptedDriver.NAME, "a test");
    }

    /// A VM that was brought to where a phase with this name begins.
    VmKeeper in(String id, Class<? extends Phase> phase) {
        var vm = create(id);
        if (phase == Phase.Created.class) {
            return vm;
        }
        if (phase == Phase.Failed.class) {
            var _ = script(id).on(Script.Act.BOOT, Script.Mood.REFUSES);
            assertThat(code(ask(vm, Verb.BOOT))).isEqualTo("BACKEND_REFUSED");
            var _ = script(id).on(Script.Act.BOOT, Script.Mood.FINE);
            return vm;
        }
        done(ask(vm, Verb.BOOT));
        if (phase == Phase.Paused.class) {
            done(ask(vm, Verb.PAUSE));
        } else if (phase == Phase.Stopped.class) {
            done(force(vm, Verb.SHUTDOWN));
        }
        return vm;
    }

    Script script(String id) {
        return vmms.script(new VmId(id));
    }

    FakeConsole console(VmId id) {
        return Optional.ofNullable(consoles.get(id)).orElseThrow();
    }

    /// The VMM of a VM that has one.
    ScriptedVmm vmm(VmKeeper vm) {
        return vmms.of(launch(vm)).orElseThrow();
    }

    LaunchId launch(VmKeeper vm) {
        return phase(vm).launches().getFirst();
    }

    static Phase phase(VmKeeper vm) {
        return vm.view().record().phase();
    }

    static Outcome<Reply> ask(VmKeeper vm, Verb verb) {
        return await(vm, new Ask(verb, false, Duration.ofSeconds(10)));
    }

    static Outcome<Reply> force(VmKeeper vm, Verb verb) {
        return await(vm, Ask.forced(verb));
    }

    static Outcome<Reply> await(VmKeeper vm, Wish ask) {
        return vm.ask(ask).orTimeout(20, TimeUnit.SECONDS).join();
    }

    static <T> T done(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Done<T>(var value) -> value;
            case Outcome.Refused<T>(var problem) ->
                    throw new AssertionError(problem.code() + ": " + problem.message());
        };
    }

    /// `OK` or the code of the problem.
    static String code(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Done<?> _ -> "OK";
            case Outcome.Refused<?>(var problem) -> problem.code();
        };
    }

    static void awaitPhase(VmKeeper vm, String word) throws Exception {
        Eventually.holds(
                vm.view().record().id() + " is " + word, () -> phase(vm).word().equals(word));
    }

    static void awaitEntered(Script script, Script.Act act) throws Exception {
        Eventually.holds("the VMM was told to " + act, () -> script.entered(act) > 0);
    }

    /// Deletes the VM by force and checks that nothing is left of it or its launches.
    void leavesNothing(VmKeeper vm) {
        var id = vm.view().record().id();
        assertThat(code(force(vm, Verb.DELETE))).isIn("OK", "VM_NOT_FOUND");
        assertThat(keepers.find(id)).isEmpty();
        assertThat(journal.load()).noneMatch(record -> record.id().equals(id));
        assertThat(layout.vm(id)).doesNotExist();
        assertThat(console(id).deleted()).isTrue();
    }

    /// Nothing runs, is claimed or lies about.
    void isEmpty() {
        assertThat(vmms.alive()).isEmpty();
        assertThat(Layout.names(layout.launches())).isEmpty();
        assertThat(capacity.claim(new VmId("probe"), 4 * MEMORY)).isEmpty();
        capacity.free(new VmId("probe"));
    }
}
