package dev.vmcp.host.keeper;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.RestartBudget;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The step that restarts a guest: by its own power-off and a new start, or by a reset.
final class Restarting {

    private static final Logger LOG = LoggerFactory.getLogger(Restarting.class);

    private final Ground ground;
    private final VmState vm;
    private final Starting starting;
    private final Ending ending;

    /// The phase that a restart is to lead out of, and when.
    private @Nullable Phase down;

    private Deadline due = new Deadline(0);

    Restarting(Ground ground, VmState vm, Starting starting, Ending ending) {
        this.ground = ground;
        this.vm = vm;
        this.starting = starting;
        this.ending = ending;
    }

    /// Asks the guest to go down and starts it again; a guest that does not obey in time is reset.
    void graceful(Duration grace) throws InterruptedException {
        vm.commit(new Event.StopPlanned(true));
        if (ending.poweredOff(grace)) {
            startAgain();
        } else {
            reset();
        }
    }

    /// Resets the guest where it is.
    void forced() {
        reset();
    }

    /// Brings a guest up that went down on the way to a restart.
    void startAgain() {
        try {
            inPlace(Live::startAgain);
        } catch (DriverException e) {
            unlessOvertaken(e);
            LOG.atInfo()
                    .addKeyValue("vm", vm.id())
                    .addKeyValue("cause", e.getMessage())
                    .log("restart takes a new launch");
            relaunch();
        }
    }

    /// The guest asked for a restart, which ended its VMM: it gets a new one while its budget
    /// lasts.
    void wanted() {
        var now = ground.clock().instant();
        switch (ground.limits().restarts().decide(vm.record().run(), now)) {
            case RestartBudget.Decision.Spent(var why) -> ending.end(new Event.Died(why));
            case RestartBudget.Decision.Again(var after) -> {
                vm.commit(new Event.RestartWanted());
                down(after);
            }
        }
    }

    /// No VMM is left of a VM that is to come up again: clears up, and waits for [#finish].
    void down() {
        down(Duration.ZERO);
    }

    private void down(Duration pause) {
        ending.retire();
        down = vm.phase();
        due = Deadline.in(pause);
        vm.publish("the guest is to start again");
        vm.wakeIn(pause);
    }

    /// Whether a guest is down that is to come up again.
    boolean pending() {
        return down != null && down.equals(vm.phase());
    }

    /// Whether it is time to.
    boolean isDue() {
        return pending() && due.passed();
    }

    /// Starts a guest again that is down.
    ///
    /// @throws Halted when it does not start; the VM is then Failed
    void finish() {
        down = null;
        launch();
    }

    private void reset() {
        try {
            inPlace(Live::reset);
        } catch (DriverException e) {
            unlessOvertaken(e);
            if (e.kind() == DriverException.Kind.REFUSED && hasReset()) {
                giveUp();
                throw new Halted(Failures.problem(vm.id(), "reboot", e));
            }
            // A VMM that has no reset or does not answer is replaced: the caller wants the guest to
            // start afresh.
            relaunch();
        }
    }

    private boolean hasReset() {
        return !(ground.driver(vm.record().backend()).probe() instanceof Probe.Installed installed)
                || installed.capability(CapabilityName.REBOOT_FORCED).status()
                        != Capability.Status.UNSUPPORTED;
    }

    private void inPlace(BiConsumer<Live, Deadline> restart) {
        var live = vm.requireLive();
        var control = live.requireControl();
        var deadline = Deadline.in(ground.limits().command());
        long before = live.signals().ends();
        restart.accept(control, deadline);
        if (!live.signals().forgetEnds(before)) {
            // It ended once more, just before the restart or just after.
            long since = live.signals().ends();
            if (control.observe(deadline) == GuestState.RUNNING) {
                var _ = live.signals().forgetEnds(since);
            }
        }
        vm.commit(new Event.Restarted());
    }

    /// The guest runs on as if nothing had been asked.
    private void giveUp() {
        if (vm.phase() instanceof Phase.Stopping && vm.requireLive().signals().finish().isEmpty()) {
            vm.commit(new Event.RunSeen());
        }
    }

    private void relaunch() {
        if (!(vm.phase() instanceof Phase.Stopping)) {
            vm.commit(new Event.StopPlanned(true));
        }
        ending.retire();
        launch();
    }

    private void launch() {
        var before = vm.phase();
        try {
            starting.boot();
        } catch (Halted halted) {
            if (before.equals(vm.phase())) {
                vm.commit(
                        new Event.Died("it went down and did not start again: " + halted.words()));
            }
            throw halted;
        }
    }

    /// A step that force has ended must not start anything anew.
    private static void unlessOvertaken(DriverException e) {
        if (Thread.currentThread().isInterrupted()) {
            throw e;
        }
    }
}
