package dev.vmcp.host.driver;

import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A hold on the process of a scripted VMM.
final class ScriptedProcess implements OsProcess {

    private final ScriptedVmm vmm;

    ScriptedProcess(ScriptedVmm vmm) {
        this.vmm = vmm;
    }

    @Override
    public ProcessId id() {
        return vmm.id();
    }

    @Override
    public Optional<Exit> exit() {
        return vmm.exit();
    }

    @Override
    public void onExit(Consumer<Exit> listener) {
        var _ = vmm.ended().thenAcceptAsync(listener, work -> Thread.ofVirtual().start(work));
    }

    @Override
    public Optional<Exit> await(Deadline deadline) throws InterruptedException {
        try {
            return Optional.of(
                    vmm.ended().get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("exit: failed (expected: never)", e);
        }
    }

    @Override
    public void kill() {
        vmm.die(new Exit.Signal(9));
    }

    @Override
    public void close() {}
}
