package dev.vmcp.host.journal;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.platform.sqlite.StoreException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/// A journal without a disk, for tests of what stands on one. It keeps the contract, commits at
/// once, and can be told to fail.
public final class MemoryJournal implements Journal {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<VmId, VmRecord> records = new LinkedHashMap<>();
    private long revision;
    private boolean failing;
    private boolean closed;

    /// From now on every commit fails, as on a full disk, or succeeds again.
    public void fail(boolean failing) {
        lock.lock();
        try {
            this.failing = failing;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<VmRecord> load() {
        lock.lock();
        try {
            return List.copyOf(records.values());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long revision() {
        lock.lock();
        try {
            return revision;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletableFuture<VmRecord> put(VmRecord record) {
        lock.lock();
        try {
            if (refusing()) {
                return refused();
            }
            var committed = record.withRevision(++revision);
            records.put(record.id(), committed);
            return CompletableFuture.completedFuture(committed);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletableFuture<VmRecord> advance(VmRecord record) {
        lock.lock();
        try {
            var before = records.get(record.id());
            if (refusing()) {
                return refused();
            }
            if (before == null) {
                return CompletableFuture.failedFuture(new StoreException("no record", false));
            }
            var step =
                    before.with(record.phase(), record.run(), record.modified())
                            .with(before.spec(), record.pending(), record.modified());
            return put(step);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletableFuture<Long> remove(VmId id) {
        lock.lock();
        try {
            if (refusing()) {
                return refused();
            }
            records.remove(id);
            return CompletableFuture.completedFuture(++revision);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private boolean refusing() {
        return failing || closed;
    }

    private <T> CompletableFuture<T> refused() {
        var why =
                closed
                        ? new StoreException("the journal is closed", false)
                        : new StoreException("the journal was told to fail", true);
        return CompletableFuture.failedFuture(why);
    }
}
