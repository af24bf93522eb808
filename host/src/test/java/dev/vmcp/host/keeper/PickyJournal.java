package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.journal.Journal;
import dev.vmcp.host.journal.MemoryJournal;
import dev.vmcp.host.journal.VmRecord;
import dev.vmcp.platform.sqlite.StoreException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Predicate;

/// A journal that refuses what it is told to, remembers the rest, and outlives the host.
final class PickyJournal implements Journal {

    private final MemoryJournal journal = new MemoryJournal();
    private final ConcurrentLinkedQueue<VmRecord> history = new ConcurrentLinkedQueue<>();
    private volatile Predicate<Phase> refused = _ -> false;
    private volatile boolean removable = true;
    private volatile boolean denying;

    void refuse(Predicate<Phase> phases) {
        refused = phases;
    }

    void refuseRemovals(boolean value) {
        removable = !value;
    }

    /// Writes each commit and says that it failed, as a disk does that fails in its last step.
    void denyWhatIsWritten(boolean value) {
        denying = value;
    }

    /// The words of the phases that were committed of a VM, in order.
    List<String> phases(VmId id) {
        return history.stream()
                .filter(record -> record.id().equals(id))
                .map(record -> record.phase().word())
                .toList();
    }

    @Override
    public List<VmRecord> load() {
        return journal.load();
    }

    @Override
    public long revision() {
        return journal.revision();
    }

    @Override
    public CompletableFuture<VmRecord> put(VmRecord record) {
        return unlessRefused(record, journal::put);
    }

    @Override
    public CompletableFuture<VmRecord> advance(VmRecord record) {
        return unlessRefused(record, journal::advance);
    }

    private CompletableFuture<VmRecord> unlessRefused(
            VmRecord record, Function<VmRecord, CompletableFuture<VmRecord>> commit) {
        if (refused.test(record.phase())) {
            return CompletableFuture.failedFuture(new StoreException("disk is full", true));
        }
        var committed = commit.apply(record);
        history.add(record);
        return denying
                ? CompletableFuture.failedFuture(new StoreException("disk is full", true))
                : committed;
    }

    @Override
    public CompletableFuture<Long> remove(VmId id) {
        return removable
                ? journal.remove(id)
                : CompletableFuture.failedFuture(new StoreException("disk is full", true));
    }

    @Override
    public void close() {
        journal.close();
    }
}
