package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Event;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.driver.Attachment;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;

/// What a verb comes to, once it is judged: everything but the delete.
final class Acting {

    record Steps(Starting starting, Ending ending, Restarting restarting) {}

    private final Ground ground;
    private final VmState vm;
    private final Steps steps;

    Acting(Ground ground, VmState vm, Steps steps) {
        this.ground = ground;
        this.vm = vm;
        this.steps = steps;
    }

    /// Takes the step that `ask` names, which the VM's phase allows.
    Reply act(Ask ask) throws InterruptedException {
        var outcome = "";
        switch (ask.verb()) {
            case BOOT -> steps.starting().boot();
            case PAUSE -> pause();
            case RESUME -> resume();
            case SHUTDOWN -> outcome = shutdown(ask);
            case REBOOT -> reboot(ask);
            case DELETE ->
                    throw new IllegalStateException(
                            "verb: DELETE (expected: one that leaves a VM)");
        }
        return new Reply(vm.phase(), outcome);
    }

    private void pause() {
        vm.requireLive().requireControl().pause(Deadline.in(ground.limits().command()));
        vm.commit(new Event.PauseSeen());
    }

    private void resume() {
        vm.requireLive().requireControl().resume(Deadline.in(ground.limits().command()));
        vm.commit(new Event.RunSeen());
    }

    private String shutdown(Ask ask) throws InterruptedException {
        if (vm.phase() instanceof Phase.Failed(var why)) {
            vm.commit(new Event.Ended("shut down after: " + why));
            return "";
        }
        if (ask.force()) {
            steps.ending().forced();
            return "forced";
        }
        return steps.ending().graceful(grace(ask));
    }

    private void reboot(Ask ask) throws InterruptedException {
        if (!vm.requireLive().process().ours()) {
            ground.driver(vm.record().backend())
                    .attachment()
                    .flatMap(Attachment::cannotReboot)
                    .ifPresent(why -> {
                        throw new Halted(new Problem.NotNow("cannot reboot VM " + vm.id(), why));
                    });
        }
        if (ask.force()) {
            steps.restarting().forced();
        } else {
            steps.restarting().graceful(grace(ask));
        }
    }

    private Duration grace(Ask ask) {
        return ask.grace().orElse(ground.limits().stop());
    }
}
