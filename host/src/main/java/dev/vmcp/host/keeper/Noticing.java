package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.process.Exit;

/// Answers what a VMM or its guest did by itself.
final class Noticing {

    record Steps(Ending ending, Restarting restarting, Adopting adopting) {}

    private final Showing showing;
    private final VmState vm;
    private final Ending ending;
    private final Restarting restarting;
    private final Adopting adopting;

    Noticing(Showing showing, VmState vm, Steps steps) {
        this.showing = showing;
        this.vm = vm;
        this.ending = steps.ending();
        this.restarting = steps.restarting();
        this.adopting = steps.adopting();
    }

    /// Takes note of an end that was seen, where there was one.
    void finish() {
        vm.live()
                .flatMap(live -> live.signals().finish())
                .ifPresent(finish -> showing.taken("vm.notice", () -> finished(finish)));
    }

    /// Connects anew where the control connection broke.
    void reconnect() {
        vm.live()
                .ifPresent(live ->
                        live.signals()
                                .takeDisconnect()
                                .ifPresent(why ->
                                        showing.taken(
                                                "vm.reconnect",
                                                () -> adopting.reconnect(live, why))));
    }

    private void finished(Signals.Finish finish) {
        if (vm.phase() instanceof Phase.Deleting) {
            // The delete, when it is taken up again, clears up all there is.
            return;
        }
        switch (finish) {
            case Signals.Finish.PoweredOff _ -> poweredOff();
            case Signals.Finish.Crashed(var how) -> ending.end(new Event.Died(how));
            case Signals.Finish.Exited(var exit) -> exited(exit);
        }
    }

    private void poweredOff() {
        if (vm.phase() instanceof Phase.Running || vm.phase() instanceof Phase.Paused) {
            vm.commit(new Event.StopPlanned(false));
        }
        ending.end(new Event.Ended("the guest powered off"));
    }

    private void exited(Exit exit) {
        if (vm.phase() instanceof Phase.Stopping(_, _, var restart)) {
            if (restart) {
                restarting.down();
            } else {
                ending.end(new Event.Ended("killed"));
            }
            return;
        }
        switch (ending.meaning(vm.requireLive().launch(), exit)) {
            case Ended.PoweredOff _ -> poweredOff();
            case Ended.RestartWanted _ -> restarting.wanted();
            case Ended.Unasked(var why) -> ending.end(new Event.Died(why));
        }
    }
}
