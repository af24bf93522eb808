package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.host.driver.Attachment;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes up what runs already: after a start of ours, or when a control connection broke.
final class Adopting {

    private static final Logger LOG = LoggerFactory.getLogger(Adopting.class);
    private static final String AWAY = "it ended while vmcp was not running; why is unknown";

    private final Ground ground;
    private final VmState vm;
    private final Ending ending;
    private final Restarting restarting;

    Adopting(Ground ground, VmState vm, Ending ending, Restarting restarting) {
        this.ground = ground;
        this.vm = vm;
        this.ending = ending;
        this.restarting = restarting;
    }

    /// Brings record and world together. `settle` brings an unfinished step to its end.
    void recover(Leftovers found, Runnable settle) {
        switch (vm.phase()) {
            case Phase.Created _, Phase.Stopped _, Phase.Failed _ -> {}
            case Phase.Booting(var launch) -> recoverBoot(launch, found);
            case Phase.Running(var launch, var process) -> recoverRunning(launch, process, found);
            case Phase.Paused(var launch, var process) -> recoverRunning(launch, process, found);
            case Phase.Stopping(var launch, var process, var restart) -> {
                boolean there = hold(launch, process, found);
                if (restart) {
                    finishRestart(there);
                } else {
                    settle.run();
                }
            }
            case Phase.Deleting(var launches) -> {
                launches.forEach(
                        launch -> found.of(launch).ifPresent(id -> hold(launch, id, found)));
                settle.run();
            }
        }
    }

    private void recoverBoot(LaunchId launch, Leftovers found) {
        var process = found.of(launch);
        if (process.isEmpty() && vm.record().run().restarting()) {
            restarting.down();
            return;
        }
        var foreign = process.isEmpty() ? attached() : Optional.<ProcessId>empty();
        if (foreign.isPresent() && hold(launch, foreign.get(), found)) {
            vm.commit(new Event.Launched(foreign.get()));
            var _ = connect();
            return;
        }
        if (process.isPresent() && hold(launch, process.get(), found) && connect() && set()) {
            vm.commit(new Event.Launched(process.get()));
            return;
        }
        ending.end(
                new Event.LaunchFailed(
                        "vmcp was stopped while this VM was starting; boot it again"));
    }

    /// The VMM that is not ours, where it was told to run this VM's guest.
    private Optional<ProcessId> attached() {
        try {
            return attachment()
                    .filter(Attachment::inUse)
                    .flatMap(vmm -> vmm.running(vm.id(), Deadline.in(ground.limits().command())));
        } catch (DriverException e) {
            return Optional.empty();
        }
    }

    private Optional<Attachment> attachment() {
        return ground.driver(vm.record().backend()).attachment();
    }

    /// Lets a guest run that was started but perhaps not yet told to; one that runs takes no harm.
    private boolean set() {
        var live = vm.requireLive();
        if (live.signals().finish().isPresent()) {
            return false;
        }
        try {
            live.requireControl().resume(Deadline.in(ground.limits().command()));
            return true;
        } catch (DriverException e) {
            deaf(e);
            return false;
        }
    }

    private void recoverRunning(LaunchId launch, ProcessId process, Leftovers found) {
        if (!hold(launch, process, found)) {
            endedMeanwhile(launch);
            return;
        }
        if (!connect()) {
            return;
        }
        LOG.atDebug()
                .addKeyValue("event", "vm.adopted")
                .addKeyValue("vm", vm.id())
                .addKeyValue("pid", process.pid())
                .log("vm adopted");
    }

    private void endedMeanwhile(LaunchId launch) {
        switch (ending.meaning(launch, new Exit.Unknown())) {
            case Ended.PoweredOff _ -> ending.end(new Event.Ended("the guest powered off"));
            case Ended.RestartWanted _ -> restarting.wanted();
            case Ended.Unasked _ -> ending.end(new Event.Died(AWAY));
        }
    }

    private void finishRestart(boolean there) {
        if (!there) {
            restarting.down();
        } else if (!connect()) {
            ending.end(
                    new Event.Died("vmcp was stopped while this VM was restarting; boot it again"));
        } else if (vm.requireLive().signals().finish().isPresent()) {
            restarting.startAgain();
        } else {
            // The guest never went down: the restart did not come about, the guest runs on.
            vm.commit(new Event.RunSeen());
        }
    }

    /// Takes hold of the process and its console; false when the process is gone.
    private boolean hold(LaunchId id, ProcessId processId, Leftovers found) {
        if (vm.live().isPresent()) {
            return true;
        }
        var adopted = adopted(id, processId, found);
        if (adopted.isEmpty()) {
            return false;
        }
        OsProcess process = adopted.get();
        var launch = launch(id);
        vm.hold(new LiveVm(id, process, vm.newSignals()));
        try {
            ground.driver(vm.record().backend()).serial(launch).ifPresent(vm::serialAt);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("vm", vm.id())
                    .addKeyValue("error", e.getMessage())
                    .log("console not attached");
        }
        return true;
    }

    /// Each VMM of ours names its launch in its arguments: one that does not was started by
    /// somebody else, and is not to be killed.
    private Optional<OsProcess> adopted(LaunchId id, ProcessId process, Leftovers found) {
        return attachment()
                .filter(_ -> found.of(id).isEmpty())
                .map(vmm -> vmm.hold(vm.id(), process))
                .orElseGet(() -> ground.processes().adopt(process));
    }

    /// Connects to the VMM and takes what it says of its guest; false when it does not answer.
    private boolean connect() {
        return connect(ground.limits().command());
    }

    /// As [#connect()], within `time`.
    boolean connect(Duration time) {
        var live = vm.requireLive();
        var deadline = Deadline.in(time);
        try {
            var driver = ground.driver(vm.record().backend());
            live.disconnect();
            live.connect(
                    driver.adopt(
                            vm.record().spec(),
                            launch(live.launch()),
                            live.process(),
                            live.signals(),
                            deadline));
            var control = live.requireControl();
            reconcile(control.found().orElseGet(() -> control.observe(deadline)));
            return true;
        } catch (DriverException e) {
            deaf(e);
            return false;
        }
    }

    private void deaf(DriverException e) {
        vm.requireLive().disconnect();
        var remark = "the VMM's process runs but does not answer: " + e.getMessage();
        if (remark.equals(vm.remark())) {
            return;
        }
        LOG.atWarn()
                .addKeyValue("event", "vm.deaf")
                .addKeyValue("vm", vm.id())
                .addKeyValue("kind", e.kind())
                .addKeyValue("error", e.getMessage())
                .log("vmm does not answer");
        vm.publish(remark);
    }

    /// What the VMM says counts: the record follows.
    private void reconcile(GuestState seen) {
        var signals = vm.requireLive().signals();
        switch (seen) {
            case RUNNING -> {
                if (vm.phase() instanceof Phase.Paused) {
                    vm.commit(new Event.RunSeen());
                } else {
                    vm.publish("");
                }
            }
            case PAUSED -> {
                if (vm.phase() instanceof Phase.Running) {
                    vm.commit(new Event.PauseSeen());
                } else {
                    vm.publish("");
                }
            }
            case POWERED_OFF -> signals.guestPoweredOff();
            case CRASHED -> signals.guestCrashed("the guest crashed while vmcp was not watching");
        }
    }

    /// The control connection broke while the process may live: connect anew.
    void reconnect(LiveVm live, String why) {
        live.disconnect();
        if (ended(live.process())) {
            return;
        }
        LOG.atWarn()
                .addKeyValue("vm", vm.id())
                .addKeyValue("error", why)
                .log("control connection lost");
        var _ = connect();
    }

    /// A VMM that dies closes its socket a moment before it is gone.
    private boolean ended(OsProcess process) {
        try {
            return process.await(Deadline.in(ground.limits().dying())).isPresent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Launch launch(LaunchId id) {
        return ground.layout().launch(id, vm.id(), vm.record().slot());
    }
}
