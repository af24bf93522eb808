package dev.vmcp.host.process;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells when descriptors are ready: one platform thread for all of them. What follows runs on
/// virtual threads, so nothing that a listener does holds up another. Safe for use by many threads.
public final class EventLoop implements AutoCloseable {

    /// What to wait for.
    public enum Interest {
        READ(1),
        WRITE(4);

        private final int events;

        Interest(int events) {
            this.events = events;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final int BATCH = 256;
    private static final long WAKE_UP = 0;

    private final int epoll = Epoll.create();
    private final int wakeUp = Epoll.createEvent();
    private final Map<Long, Watch> watches = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong(WAKE_UP);
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;

    /// A descriptor under watch. Close it before the descriptor itself.
    public final class Watch implements AutoCloseable {
        private final long token = tokens.incrementAndGet();
        private final int descriptor;
        private final Interest interest;
        private final Runnable ready;

        private Watch(int descriptor, Interest interest, Runnable ready) {
            this.descriptor = descriptor;
            this.interest = interest;
            this.ready = ready;
        }

        /// Asks for one more call; comes at once when the descriptor is ready already. Does nothing
        /// once closed.
        public void arm() {
            control(Epoll.MODIFY, interest.events | Epoll.ONE_SHOT);
        }

        @Override
        public void close() {
            control(Epoll.DELETE, 0);
        }

        /// Under the lock, so that no call hits a descriptor number that has become another's.
        private void control(int operation, int events) {
            lock.lock();
            try {
                if (!closed && watches.containsKey(token)) {
                    var done = Epoll.control(epoll, operation, descriptor, events, token);
                    Libc.check(done, "watch descriptor " + descriptor);
                }
            } finally {
                if (operation == Epoll.DELETE) {
                    watches.remove(token);
                }
                lock.unlock();
            }
        }

        private void run() {
            try {
                ready.run();
            } catch (RuntimeException e) {
                LOG.atError()
                        .addKeyValue("event", "listener-failed")
                        .setCause(e)
                        .log("a listener of the event loop failed");
            }
        }
    }

    public EventLoop() {
        Libc.check(Epoll.control(epoll, Epoll.ADD, wakeUp, Interest.READ.events, WAKE_UP), "watch");
        Thread.ofPlatform().daemon().name("vmcp-events").start(this::run);
    }

    /// Calls `ready` once after each [Watch#arm], on a virtual thread, when the descriptor is
    /// ready. An error or hang-up of the descriptor can call it once before the first `arm`. Once
    /// the loop is closed nothing is ever ready.
    ///
    /// @throws ProcessException when the kernel cannot watch it
    public Watch watch(int descriptor, Interest interest, Runnable ready) {
        var watch = new Watch(descriptor, interest, ready);
        watches.put(watch.token, watch);
        try {
            watch.control(Epoll.ADD, Epoll.ONE_SHOT);
        } catch (ProcessException e) {
            watches.remove(watch.token);
            throw e;
        }
        return watch;
    }

    /// Ends the loop. Watches are forgotten; their descriptors stay open.
    @Override
    public void close() {
        lock.lock();
        try (var arena = Arena.ofConfined()) {
            if (!closed) {
                closed = true;
                Descriptors.write(wakeUp, arena.allocateFrom(ValueLayout.JAVA_LONG, 1L));
            }
        } finally {
            lock.unlock();
        }
        watches.clear();
    }

    private void run() {
        try (var arena = Arena.ofConfined()) {
            var events = Epoll.events(arena, BATCH);
            while (!closed) {
                var count = Epoll.await(epoll, events);
                if (count < 0 && count != -Errno.EINTR) {
                    throw new IllegalStateException(
                            "epoll: " + Errno.text(-count) + " (expected: events)");
                }
                for (var i = 0; i < count; i++) {
                    dispatch(Epoll.token(events, i));
                }
            }
        } finally {
            lock.lock();
            try {
                closed = true;
                Descriptors.close(epoll);
                Descriptors.close(wakeUp);
            } finally {
                lock.unlock();
            }
        }
    }

    private void dispatch(long token) {
        var watch = watches.get(token);
        if (watch != null) {
            Thread.ofVirtual().name("vmcp-ready").start(watch::run);
        }
    }
}
