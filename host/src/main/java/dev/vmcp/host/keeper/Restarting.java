package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Event;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
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
        var live = vm.requireLive();
        try {
            live.requireControl().startAgain(Deadline.in(ground.limits().command()));
            live.signals().forgetFinish();
            vm.commit(new Event.Restarted());
        } catch (DriverException e) {
            unlessOvertaken(e);
            LOG.atInfo()
                    .addKeyValue("vm", vm.id())
                    .addKeyValue("cause", e.getMessage())
                    .log("restart takes a new launch");
            relaunch();
        }
    }

    private void relaunch() {
        if (!(vm.phase() instanceof dev.vmcp.core.vm.Phase.Stopping)) {
            vm.commit(new Event.StopPlanned(true));
        }
        ending.retire();
        starting.boot();
    }

    private void reset() {
        var live = vm.requireLive();
        try {
            live.requireControl().reset(Deadline.in(ground.limits().command()));
            live.signals().forgetFinish();
            vm.commit(new Event.Restarted());
        } catch (DriverException e) {
            unlessOvertaken(e);
            if (e.kind() == DriverException.Kind.REFUSED) {
                throw new Halted(Failures.problem(vm.id(), "reboot", e));
            }
            // A VMM that does not answer is replaced: the caller wants the guest to start afresh.
            relaunch();
        }
    }

    /// A step that force has ended must not start anything anew.
    private static void unlessOvertaken(DriverException e) {
        if (Thread.currentThread().isInterrupted()) {
            throw e;
        }
    }
}
