package dev.vmcp.host.keeper;

import dev.vmcp.host.process.Deadline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The changes of all VMs in order, the last [#KEPT] of them. Readers keep their own place; one
/// that falls too far behind is told so and starts over. Nobody who publishes ever waits for a
/// reader.
public final class Feed {

    static final int KEPT = 8192;

    /// @param view as it was then; with `deleted` the last one before it went
    public record Change(long number, VmView view, boolean deleted) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private final ArrayDeque<Change> kept = new ArrayDeque<>();
    private long last;
    private boolean closed;

    void publish(VmView view, boolean deleted) {
        lock.lock();
        try {
            last++;
            kept.addLast(new Change(last, view, deleted));
            if (kept.size() > KEPT) {
                kept.removeFirst();
            }
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The number of the last change.
    public long last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /// The changes after `number`, at most `max`; empty where some of them are no longer kept.
    public Optional<List<Change>> after(long number, int max) {
        lock.lock();
        try {
            if (number > last || number < last - kept.size()) {
                return Optional.empty();
            }
            var found = new ArrayList<Change>();
            var from = kept.descendingIterator();
            for (long missing = last - number; missing > 0; missing--) {
                found.add(from.next());
            }
            var inOrder = found.reversed();
            return Optional.of(List.copyOf(inOrder.subList(0, Math.min(max, inOrder.size()))));
        } finally {
            lock.unlock();
        }
    }

    /// Waits for a change after `number`; false when the deadline came first.
    public boolean awaitAfter(long number, Deadline deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (last <= number && !closed && !deadline.passed()) {
                var _ = grown.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            }
            return last > number;
        } finally {
            lock.unlock();
        }
    }

    /// Whether the host is stopping, so that no further change will come.
    public boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /// No further change will come; who waits is told.
    public void close() {
        lock.lock();
        try {
            closed = true;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
