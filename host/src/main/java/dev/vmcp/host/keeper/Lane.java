package dev.vmcp.host.keeper;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the work of one VM, one piece at a time, on a virtual thread that exists only while there
/// is work. What was observed and what force demands goes before what callers wish, each in the
/// order of its arrival. A caller's wish can be ended by [#overtake].
final class Lane {

    /// The most pieces of a kind that wait; one more is turned away.
    static final int LONGEST = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private record Work(Runnable task, boolean interruptible) {}

    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Work> urgent = new ArrayDeque<>();
    private final Deque<Work> wishes = new ArrayDeque<>();
    private @Nullable Work current;
    private @Nullable Thread runner;

    Lane(String name) {
        this.name = name;
    }

    /// Queues a caller's wish; false when too many wait.
    boolean offer(Runnable task) {
        lock.lock();
        try {
            return wishes.size() < LONGEST && add(wishes, new Work(task, true));
        } finally {
            lock.unlock();
        }
    }

    /// Queues what was observed; always taken.
    void note(Runnable task) {
        lock.lock();
        try {
            add(urgent, new Work(task, false));
        } finally {
            lock.unlock();
        }
    }

    /// Ends the wish that is under way and puts `task` before all wishes; false when too many wait.
    boolean overtake(Runnable task) {
        lock.lock();
        try {
            if (urgent.size() >= LONGEST) {
                return false;
            }
            add(urgent, new Work(task, false));
            if (runner != null && current != null && current.interruptible()) {
                runner.interrupt();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean add(Deque<Work> queue, Work work) {
        queue.addLast(work);
        if (runner == null) {
            runner = Thread.ofVirtual().name(name).unstarted(this::run);
            runner.start();
        }
        return true;
    }

    @SuppressWarnings("CatchingUnchecked")
    private void run() {
        for (var work = next(); work != null; work = next()) {
            try {
                work.task().run();
            } catch (Throwable bug) {
                // Whatever one piece does, the VM stays in reach of the next.
                LOG.atError().addKeyValue("lane", name).setCause(bug).log("bug in a step");
            }
        }
    }

    private @Nullable Work next() {
        lock.lock();
        try {
            // An interrupt was meant for the piece before: it must not reach the next one.
            var _ = Thread.interrupted();
            current = urgent.isEmpty() ? wishes.pollFirst() : urgent.pollFirst();
            if (current == null) {
                runner = null;
            }
            return current;
        } finally {
            lock.unlock();
        }
    }
}
