package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The step that restarts a guest: by its own power-off and a new start, or by a reset.
final class Restarting {

    private static final Logger LOG = LoggerFactory.getLogger(Restarting.class);

    private final Ground ground;
    private final VmState vm;
    private final Starting starting;
    private final Ending ending;

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

    private void reset() {
        try {
            inPlace(Live::reset);
        } catch (DriverException e) {
            unlessOvertaken(e);
            if (e.kind() == DriverException.Kind.REFUSED) {
                giveUp();
                throw new Halted(Failures.problem(vm.id(), "reboot", e));
            }
            // A VMM that does not answer is replaced: the caller wants the guest to start afresh.
            relaunch();
        }
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
        try {
            starting.boot();
        } catch (Halted halted) {
            if (vm.phase() instanceof Phase.Stopping) {
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
