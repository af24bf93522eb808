package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes up what runs already: after a start of ours, or when a control connection broke.
final class Adopting {

    private static final Logger LOG = LoggerFactory.getLogger(Adopting.class);
    private static final String AWAY = "it ended while vmcp was not running; why is unknown";

    private final Ground ground;
    private final VmState vm;
    private final Ending ending;

    Adopting(Ground ground, VmState vm, Ending ending) {
        this.ground = ground;
        this.vm = vm;
        this.ending = ending;
    }

    /// Brings record and world together. `settle` brings an unfinished step to its end.
    void recover(Leftovers found, Runnable settle) {
        switch (vm.phase()) {
            case Phase.Created _, Phase.Stopped _, Phase.Failed _ -> {}
            case Phase.Booting(var launch) -> recoverBoot(launch, found);
            case Phase.Running(var launch, var process) -> recoverRunning(launch, process);
            case Phase.Paused(var launch, var process) -> recoverRunning(launch, process);
            case Phase.Stopping(var launch, var process, var restart) -> {
                if (hold(launch, process)) {
                    connect();
                }
                finishStop(restart, settle);
            }
            case Phase.Deleting(var launches) -> {
                launches.forEach(launch -> found.of(launch).ifPresent(id -> hold(launch, id)));
                settle.run();
            }
        }
    }

    private void recoverBoot(LaunchId launch, Leftovers found) {
        var process = found.of(launch);
        if (process.isPresent() && hold(launch, process.get()) && connect()) {
            var live = vm.requireLive();
            if (live.signals().finish().isEmpty()) {
                // Started but perhaps not yet told to run; a guest that runs takes no harm.
                live.requireControl().resume(Deadline.in(ground.limits().command()));
                vm.commit(new Event.Launched(process.get()));
                return;
            }
        }
        ending.end(
                new Event.LaunchFailed(
                        "vmcp was stopped while this VM was starting; boot it again"));
    }

    private void recoverRunning(LaunchId launch, ProcessId process) {
        if (!hold(launch, process)) {
            ending.end(new Event.Died(AWAY));
            return;
        }
        if (!connect()) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("event", "vm.adopted")
                .addKeyValue("vm", vm.id())
                .addKeyValue("pid", process.pid())
                .log("vm adopted");
    }

    private void finishStop(boolean restart, Runnable settle) {
        if (restart
                && vm.live().flatMap(LiveVm::control).isPresent()
                && vm.requireLive().signals().finish().isEmpty()) {
            // The guest never went down: the restart did not come about, the guest runs on.
            vm.commit(new Event.RunSeen());
            return;
        }
        settle.run();
    }

    /// Takes hold of the process and its console; false when the process is gone.
    private boolean hold(LaunchId id, ProcessId processId) {
        var adopted = ground.processes().adopt(processId);
        if (adopted.isEmpty()) {
            return false;
        }
        OsProcess process = adopted.get();
        var spec = vm.record().spec();
        ground.capacity().adopt(vm.id(), spec.memory().bytes());
        var _ = ground.locks().adopt(vm.id(), id, ground.checks().uses(spec));
        var launch = launch(id);
        vm.hold(new LiveVm(id, process, vm.newSignals()));
        try {
            vm.console()
                    .attach(launch.serialIn(), launch.serialOut(), Starting.copyOf(spec.console()));
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("vm", vm.id())
                    .addKeyValue("error", e.getMessage())
                    .log("console not attached");
        }
        return true;
    }

    /// Connects to the VMM and takes what it says of its guest; false when it does not answer.
    private boolean connect() {
        var live = vm.requireLive();
        var deadline = Deadline.in(ground.limits().command());
        try {
            var driver = ground.driver(vm.record().backend());
            live.connect(
                    driver.adopt(
                            vm.record().spec(),
                            launch(live.launch()),
                            live.process(),
                            live.signals(),
                            deadline));
            reconcile(live.requireControl().observe(deadline));
            return true;
        } catch (DriverException e) {
            LOG.atWarn()
                    .addKeyValue("event", "vm.deaf")
                    .addKeyValue("vm", vm.id())
                    .addKeyValue("kind", e.kind())
                    .addKeyValue("error", e.getMessage())
                    .log("vmm does not answer");
            live.disconnect();
            vm.publish("the VMM's process runs but does not answer: " + e.getMessage());
            return false;
        }
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
        var ended = awaitExit(live.process());
        if (ended) {
            return;
        }
        LOG.atWarn()
                .addKeyValue("vm", vm.id())
                .addKeyValue("error", why)
                .log("control connection lost");
        var _ = connect();
    }

    /// Tries again to reach a VMM that runs and did not answer before.
    void retry() {
        boolean deaf =
                vm.live()
                        .filter(live -> live.control().isEmpty())
                        .filter(live -> live.signals().finish().isEmpty())
                        .isPresent();
        boolean runs = vm.phase() instanceof Phase.Running || vm.phase() instanceof Phase.Paused;
        if (deaf && runs && connect()) {
            LOG.atInfo()
                    .addKeyValue("event", "vm.answers")
                    .addKeyValue("vm", vm.id())
                    .log("vmm answers again");
        }
    }

    /// A VMM that dies closes its socket a moment before it is gone.
    private static boolean awaitExit(OsProcess process) {
        try {
            return process.await(Deadline.in(Duration.ofMillis(200))).isPresent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Launch launch(LaunchId id) {
        return ground.layout().launch(id, vm.id(), vm.record().slot());
    }
}
