package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.process.Deadline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a VM to rest: the delete, and the ends of steps that were cut short.
final class Settling {

    private static final Logger LOG = LoggerFactory.getLogger(Settling.class);

    private final Ground ground;
    private final VmState vm;
    private final Ending ending;
    private final Restarting restarting;
    private final Runnable forget;
    private boolean deleted;

    /// @param forget is run once when the VM is deleted, before the delete is answered
    Settling(Ground ground, VmState vm, Ending ending, Restarting restarting, Runnable forget) {
        this.ground = ground;
        this.vm = vm;
        this.ending = ending;
        this.restarting = restarting;
        this.forget = forget;
    }

    boolean deleted() {
        return deleted;
    }

    /// Whether a step is to be brought to its end.
    boolean unsettled() {
        return switch (vm.phase()) {
            case Phase.Booting _, Phase.Stopping _, Phase.Deleting _ -> true;
            case Phase.Created _,
                    Phase.Running _,
                    Phase.Paused _,
                    Phase.Stopped _,
                    Phase.Failed _ ->
                    false;
        };
    }

    /// Brings a VM to rest whose step was cut short by force, a failure or a crash of ours.
    void settle() {
        switch (vm.phase()) {
            case Phase.Booting _, Phase.Stopping _ when restarting.pending() -> restarting.finish();
            case Phase.Booting _ -> ending.end(new Event.LaunchFailed("the start was cut short"));
            case Phase.Stopping _ -> ending.end(new Event.Ended("killed"));
            case Phase.Deleting _ -> delete();
            case Phase.Created _,
                    Phase.Running _,
                    Phase.Paused _,
                    Phase.Stopped _,
                    Phase.Failed _ -> {}
        }
    }

    /// As [#settle], for a caller that wants the VM down.
    void settleDown() {
        if (restarting.pending()) {
            ending.end(new Event.Ended("shut down before it started again"));
        } else {
            settle();
        }
    }

    void delete() {
        if (!(vm.phase() instanceof Phase.Deleting)) {
            vm.commit(new Event.DeletePlanned());
        }
        boolean foreign = vm.live().filter(live -> !live.process().ours()).isPresent();
        ending.reap();
        ground.driver(vm.record().backend())
                .attachment()
                .filter(vmm -> foreign || vmm.inUse())
                .ifPresent(vmm -> vmm.forget(vm.id(), Deadline.in(ground.limits().command())));
        // What is not removed when we die here has no record any more: the next start removes it.
        vm.erase(() -> {
            ending.clear();
            vm.console().delete();
            Layout.remove(ground.layout().vm(vm.id()));
        });
        deleted = true;
        // Before the id can be taken again: a watcher is told of its next VM after this.
        ground.feed().publish(vm.view(), true);
        forget.run();
        LOG.atDebug()
                .addKeyValue("event", "vm.deleted")
                .addKeyValue("vm", vm.id())
                .log("vm deleted");
    }
}
