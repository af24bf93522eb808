package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// The process of a VMM that somebody else started, for as long as it runs a guest of ours: it
/// counts as ended, of an unknown status, also once our guest has been ended in it.
public final class AttachedProcess implements OsProcess {

    private final OsProcess process;
    private final Runnable end;
    private final CompletableFuture<Exit> over = new CompletableFuture<>();

    /// @param process is let go of when this one is closed
    /// @param end brings the guest down through the VMM's API; throws where it does not
    public AttachedProcess(OsProcess process, Runnable end) {
        this.process = process;
        this.end = end;
        process.onExit(over::complete);
    }

    @Override
    public boolean ours() {
        return false;
    }

    @Override
    public ProcessId id() {
        return process.id();
    }

    @Override
    public Optional<Exit> exit() {
        var ended = process.exit();
        return ended.isPresent() ? ended : Optional.ofNullable(over.getNow(null));
    }

    @Override
    public void onExit(Consumer<Exit> listener) {
        var _ =
                over.thenAccept(exit ->
                        Thread.ofVirtual()
                                .name("vmcp-exit-", id().pid())
                                .start(() -> listener.accept(exit)));
    }

    @Override
    public Optional<Exit> await(Deadline deadline) throws InterruptedException {
        try {
            return Optional.of(over.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return exit();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of process " + id().pid(), e);
        }
    }

    /// Ends the guest, never the process.
    @Override
    public void kill() {
        if (exit().isEmpty()) {
            end.run();
            over.complete(new Exit.Unknown());
        }
    }

    /// Does nothing: the process is not ours to stop.
    @Override
    public void freeze() {}

    /// Does nothing: see [#freeze].
    @Override
    public void thaw() {}

    @Override
    public void close() {
        process.close();
    }
}
