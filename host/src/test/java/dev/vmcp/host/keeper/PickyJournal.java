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
import java.util.function.Predicate;

/// A journal that refuses what it is told to, remembers the rest, and outlives the host.
final class PickyJournal implements Journal {

    private final MemoryJournal journal = new MemoryJournal();
    private final ConcurrentLinkedQueue<VmRecord> history = new ConcurrentLinkedQueue<>();
    private volatile Predicate<Phase> refused = _ -> false;
    private volatile boolean removable = true;

    void refuse(Predicate<Phase> phases) {
        refused = phases;
    }

    void refuseRemovals(boolean value) {
        removable = !value;
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
        if (refused.test(record.phase())) {
            return CompletableFuture.failedFuture(new StoreException("disk is full", true));
        }
        var committed = journal.put(record);
        history.add(record);
        return committed;
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
