package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The steps that bring a VMM down, and the clearing up after one.
final class Ending {

    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    private final Ground ground;
    private final VmState vm;

    Ending(Ground ground, VmState vm) {
        this.ground = ground;
        this.vm = vm;
    }

    /// Asks the guest to power off and waits; then ends the VMM. Returns `graceful` or `killed`.
    String graceful(Duration grace) throws InterruptedException {
        vm.commit(new Event.StopPlanned(false));
        boolean obeyed = poweredOff(grace);
        var outcome = obeyed ? "graceful" : "killed";
        end(new Event.Ended(outcome));
        return outcome;
    }

    /// Ends the VMM at once, also one that is just starting.
    void forced() {
        if (!(vm.phase() instanceof Phase.Booting)) {
            vm.commit(new Event.StopPlanned(false));
        }
        end(new Event.Ended("forced"));
    }

    /// Presses the power button and waits; true when the guest went off by itself.
    boolean poweredOff(Duration grace) throws InterruptedException {
        var live = vm.requireLive();
        var deadline = Deadline.in(grace);
        try {
            live.requireControl().powerButton(deadline.atMost(ground.limits().command()));
        } catch (DriverException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            note("power button failed", e);
            // A VMM that ended just now has closed its socket a moment before.
            deadline = deadline.atMost(ground.limits().dying());
        }
        return live.signals()
                .awaitFinish(deadline)
                .filter(finish -> obeyed(live, finish))
                .isPresent();
    }

    /// A VMM that was killed by somebody else in the meantime is no guest that obeyed. Of one that
    /// is not ours no more is known than that it ended when its guest was asked to.
    private boolean obeyed(LiveVm live, Signals.Finish finish) {
        return switch (finish) {
            case Signals.Finish.PoweredOff _ -> true;
            case Signals.Finish.Crashed _ -> false;
            case Signals.Finish.Exited(var exit) ->
                    exit.equals(new Exit.Code(0))
                            || !live.process().ours()
                            // Of an adopted one the status is unknown, but it may have left a word.
                            || !(meaning(live.launch(), exit) instanceof Ended.Unasked);
        };
    }

    /// Kills what is left of the VMM, clears up after it, and journals `event`.
    ///
    /// @throws Halted when the process does not end
    void end(Event event) {
        retire();
        vm.commit(event);
        LOG.atDebug()
                .addKeyValue("event", "vm.ended")
                .addKeyValue("vm", vm.id())
                .addKeyValue("phase", vm.phase().word())
                .addKeyValue("reason", vm.view().reason())
                .log("vm ended");
    }

    /// Kills what is left of the VMM, without a word in the journal.
    ///
    /// @throws Halted when the process does not end
    void reap() {
        vm.live().ifPresent(this::reap);
    }

    /// Kills and waits; an interrupt meanwhile is kept for later, since a half-ended VMM helps
    /// nobody.
    private void reap(LiveVm live) {
        try {
            live.process().kill();
        } catch (DriverException e) {
            leave(live, e);
            return;
        }
        var deadline = Deadline.in(ground.limits().kill());
        boolean interrupted = false;
        try {
            while (live.process().exit().isEmpty() && !deadline.passed()) {
                try {
                    var _ = live.process().await(deadline);
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (live.process().exit().isEmpty()) {
            throw new Halted(
                    new Problem.BackendGone(
                            vm.id().value(),
                            "end",
                            "process "
                                    + live.process().id().pid()
                                    + " was killed but does not end"));
        }
    }

    /// A VMM that is not ours and has no way to end its guest runs on.
    private void leave(LiveVm live, DriverException e) {
        if (e.kind() != DriverException.Kind.HOST) {
            throw e;
        }
        if (vm.phase() instanceof Phase.Deleting) {
            note("a guest in a vmm that is not ours runs on", e);
            return;
        }
        if (vm.phase() instanceof Phase.Stopping && live.signals().finish().isEmpty()) {
            vm.commit(new Event.RunSeen());
        }
        throw new Halted(
                new Problem.NotNow("cannot end VM " + vm.id(), String.valueOf(e.getMessage())));
    }

    /// Kills what is left of the VMM and clears up after it, without a word in the journal.
    void retire() {
        reap();
        clear();
    }

    /// Removes what a launch without a process leaves behind.
    void clear() {
        vm.console().detach();
        vm.live().ifPresent(live -> tidy(live.launch()));
        vm.live().ifPresent(live -> ground.locks().release(live.launch()));
        vm.phase().launches().forEach(this::tidy);
        vm.phase().launches().forEach(ground.locks()::release);
        vm.letGo();
        ground.capacity().free(vm.id());
    }

    private void tidy(LaunchId launch) {
        Layout.removeIfPossible(ground.layout().directory(launch));
    }

    /// What the end of the VMM's process means.
    Ended meaning(LaunchId launch, Exit exit) {
        return ground.driver(vm.record().backend())
                .ended(ground.layout().launch(launch, vm.id(), vm.record().slot()), exit);
    }

    private void note(String what, DriverException e) {
        LOG.atWarn()
                .addKeyValue("vm", vm.id())
                .addKeyValue("kind", e.kind())
                .addKeyValue("error", e.getMessage())
                .log(what);
    }
}
