package dev.vmcp.platform.sqlite;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Bounded hand-over from many callers to the committer. What was added before [#close] is still
/// handed out; afterwards nothing can be added.
final class WorkQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Item<?>> items = new ArrayDeque<>();
    private final int capacity;
    private boolean closed;

    WorkQueue(int capacity) {
        this.capacity = capacity;
    }

    /// Adds, waiting for room no longer than `patience`.
    ///
    /// @throws StoreException when there was no room in time, the queue is closed or the caller was
    ///   interrupted
    void add(Item<?> item, Duration patience) {
        lock.lock();
        try {
            awaitRoom(patience.toNanos());
            if (closed) {
                throw new StoreException("the database is closed", false);
            }
            items.add(item);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom(long patience) {
        try {
            var left = patience;
            while (items.size() >= capacity && !closed) {
                if (left <= 0) {
                    throw new StoreException(capacity + " commits are waiting already", true);
                }
                left = room.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting to commit", e, true);
        }
    }

    /// Waits for work and takes up to `most` items; empty when closed and drained.
    List<Item<?>> take(int most) {
        return take(most, Long.MAX_VALUE);
    }

    /// As [#take(int)], but empty as well when nothing came within `patience` nanoseconds.
    List<Item<?>> take(int most, long patience) {
        lock.lock();
        try {
            awaitWork(patience);
            var taken = new ArrayList<Item<?>>(Math.min(most, items.size()));
            while (taken.size() < most && !items.isEmpty()) {
                taken.add(items.remove());
            }
            room.signalAll();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void awaitWork(long patience) {
        var left = patience;
        while (items.isEmpty() && !closed && left > 0) {
            try {
                left = changed.awaitNanos(left);
            } catch (InterruptedException e) {
                // The committer ends when it is closed, and by nothing else.
            }
        }
    }

    /// Whether it is closed and drained.
    boolean ended() {
        lock.lock();
        try {
            return closed && items.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
