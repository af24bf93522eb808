package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.driver.Attachment;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.vmm.HugePages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The step that brings a VMM up: claim, journal, prepare, start. Leaves nothing behind when it
/// fails.
final class Starting {

    private static final Logger LOG = LoggerFactory.getLogger(Starting.class);

    private final Ground ground;
    private final VmState vm;

    Starting(Ground ground, VmState vm) {
        this.ground = ground;
        this.vm = vm;
    }

    /// Boots the VM from rest, or from a stop that is to be followed by a start.
    ///
    /// @throws Halted with what kept it from running; the VM is then Failed or where it was
    void boot() {
        timed(List.of());
    }

    /// Starts the VM where it was saved.
    ///
    /// @param snapshots what its VMM wrote, then what that stands on
    /// @throws Halted as [#boot]
    void restore(List<Path> snapshots) {
        timed(snapshots);
    }

    private void timed(List<Path> snapshots) {
        ground.boots().time(vm.record().backend(), () -> start(snapshots));
    }

    private void start(List<Path> snapshots) {
        boolean again = !(vm.phase() instanceof Phase.Created);
        var launch = ground.layout().launch(newLaunchId(), vm.id(), vm.record().slot());
        look();
        claim(launch);
        // Nothing of a launch that no VM has outlives a start of ours, so its files are made while
        // the journal writes; nothing is executed before that is done.
        var preparing = new FutureTask<>(() -> prepared(launch, snapshots));
        try {
            vm.commit(new Event.LaunchPlanned(launch.id()), preparing);
        } catch (Halted halted) {
            clear(launch);
            throw halted;
        }
        try {
            start(launch, preparing);
        } catch (Halted halted) {
            throw again ? onlyOnce(halted) : halted;
        }
    }

    /// A VMM that is not ours and ends with its guest must be started by whoever did so before.
    private Halted onlyOnce(Halted halted) {
        return ground.driver(vm.record().backend())
                .attachment()
                .filter(vmm -> vmm.inUse() && halted.problem() instanceof Problem.BackendGone)
                .flatMap(Attachment::cannotReboot)
                .map(why -> new Halted(new Problem.NotNow("cannot boot VM " + vm.id(), why)))
                .orElse(halted);
    }

    /// What was there when the VM was created may be gone by now.
    private void look() {
        var wrong = ground.checks().check(vm.record().spec()).invalid();
        if (!wrong.isEmpty()) {
            var words = wrong.stream().map(Violation::sentence).collect(Collectors.joining("; "));
            throw new Halted(new Problem.NotNow("cannot boot VM " + vm.id(), words));
        }
    }

    private void claim(Launch launch) {
        var spec = vm.record().spec();
        var full =
                HugePages.shortage(spec.memory())
                        .or(() -> ground.capacity().claim(vm.id(), spec.memory().bytes()));
        if (full.isPresent()) {
            throw new Halted(full.get());
        }
        var busy = ground.locks().acquire(vm.id(), launch.id(), ground.checks().uses(spec));
        if (busy.isPresent()) {
            ground.capacity().free(vm.id());
            throw new Halted(busy.get());
        }
    }

    private void release(Launch launch) {
        ground.locks().release(launch.id());
        ground.capacity().free(vm.id());
    }

    private void start(Launch launch, Future<Prepared> preparing) {
        long began = System.nanoTime();
        var signals = vm.newSignals();
        try {
            var backend = vm.record().backend();
            var live = Showing.launched(launch.id(), backend, () -> launched(preparing, signals));
            vm.hold(holding(launch.id(), live, signals));
        } catch (DriverException e) {
            throw failed(launch, e);
        } catch (UncheckedIOException e) {
            throw failed(launch, new DriverException(DriverException.Kind.HOST, e.toString(), e));
        } catch (RuntimeException bug) {
            var _ = failed(launch, new DriverException(DriverException.Kind.HOST, "a bug", bug));
            throw bug;
        }
        vm.commit(new Event.Launched(vm.requireLive().process().id()));
        LOG.atDebug()
                .addKeyValue("event", "vm.booted")
                .addKeyValue("vm", vm.id())
                .addKeyValue("launch", launch.id())
                .addKeyValue("pid", vm.requireLive().process().id().pid())
                .addKeyValue("elapsed_ms", (System.nanoTime() - began) / 1_000_000)
                .log("vm booted");
    }

    private static LiveVm holding(LaunchId launch, Live live, Signals signals) {
        var held = new LiveVm(launch, live.process(), signals);
        held.connect(live);
        return held;
    }

    private Live launched(Future<Prepared> preparing, Signals signals) {
        if (preparing.state() == Future.State.FAILED
                && preparing.exceptionNow() instanceof RuntimeException e) {
            throw e;
        }
        return preparing.resultNow().boot(signals, Deadline.in(ground.limits().boot()));
    }

    private Prepared prepared(Launch launch, List<Path> snapshots) {
        try {
            ground.layout().makeLaunch(launch);
        } catch (IOException e) {
            throw new DriverException(DriverException.Kind.HOST, e.toString(), e);
        }
        var spec = vm.record().spec();
        var driver = ground.driver(vm.record().backend());
        Prepared prepared =
                snapshots.isEmpty()
                        ? driver.prepare(spec, launch)
                        : driver.restoring()
                                .orElseThrow(() ->
                                        new DriverException(
                                                DriverException.Kind.HOST, "it cannot restore"))
                                .prepare(spec, launch, snapshots);
        driver.serial(launch).ifPresent(vm::serialAt);
        return prepared;
    }

    /// A start that force has ended is left to force to conclude.
    private Halted failed(Launch launch, DriverException e) {
        var words = String.valueOf(e.getMessage());
        LOG.atDebug()
                .addKeyValue("event", "vm.boot_failed")
                .addKeyValue("vm", vm.id())
                .addKeyValue("launch", launch.id())
                .addKeyValue("kind", e.kind())
                .addKeyValue("error", words)
                .log("vm did not boot");
        clear(launch);
        if (!Thread.currentThread().isInterrupted()) {
            vm.commit(new Event.LaunchFailed(words));
        }
        return new Halted(Failures.problem(vm.id(), "boot", e));
    }

    private void clear(Launch launch) {
        vm.console().detach();
        try {
            Layout.remove(launch.directory());
        } finally {
            release(launch);
        }
    }

    private LaunchId newLaunchId() {
        var bytes = new byte[12];
        ground.random().nextBytes(bytes);
        return new LaunchId("l-" + HexFormat.of().formatHex(bytes));
    }
}
