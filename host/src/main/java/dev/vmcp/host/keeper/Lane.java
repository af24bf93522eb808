package dev.vmcp.host.keeper;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Runs the work of one VM, one piece at a time, on a virtual thread that exists only while there
/// is work. A piece that was handed in as interruptible can be ended by [#overtake].
final class Lane {

    /// The most pieces that wait; one more is turned away.
    static final int LONGEST = 256;

    private record Work(Runnable task, boolean interruptible) {}

    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Work> waiting = new ArrayDeque<>();
    private @Nullable Work current;
    private @Nullable Thread runner;

    Lane(String name) {
        this.name = name;
    }

    /// Queues a caller's wish; false when too many wait.
    boolean offer(Runnable task) {
        return add(new Work(task, true), false, LONGEST);
    }

    /// Queues what was observed; always taken.
    void note(Runnable task) {
        add(new Work(task, false), false, Integer.MAX_VALUE);
    }

    /// Ends the piece that runs, if it may be interrupted, and puts `task` before all others.
    void overtake(Runnable task) {
        lock.lock();
        try {
            add(new Work(task, false), true, Integer.MAX_VALUE);
            if (runner != null && current != null && current.interruptible()) {
                runner.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean add(Work work, boolean first, int limit) {
        lock.lock();
        try {
            if (waiting.size() >= limit) {
                return false;
            }
            if (first) {
                waiting.addFirst(work);
            } else {
                waiting.addLast(work);
            }
            if (runner == null) {
                runner = Thread.ofVirtual().name(name).unstarted(this::run);
                runner.start();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (var work = next(); work != null; work = next()) {
            work.task().run();
        }
    }

    private @Nullable Work next() {
        lock.lock();
        try {
            // An interrupt was meant for the piece before: it must not reach the next one.
            var _ = Thread.interrupted();
            current = waiting.pollFirst();
            if (current == null) {
                runner = null;
            }
            return current;
        } finally {
            lock.unlock();
        }
    }
}
