package dev.vmcp.host.process;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Tells when files are written: one descriptor for all of them. Safe for use by many threads.
///
/// A host may have no watches left, and then nothing is told: whoever waits looks by itself, too.
final class FileNews implements AutoCloseable {

    private static final int BUFFER = 4096;
    private static final int NONE = -1;

    private final EventLoop loop;
    private final Map<Integer, Runnable> listeners = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private EventLoop.@Nullable Watch events;
    private int inotify = NONE;
    private boolean closed;

    FileNews(EventLoop loop) {
        this.loop = loop;
    }

    /// Runs `written` on a virtual thread after a write to `file`, once for several in a row, and
    /// when it is removed; not for what was before the watch. One watch for each file at a time.
    FileWatch on(Path file, Runnable written) {
        lock.lock();
        try {
            int watch = open() ? Inotify.add(inotify, file) : NONE;
            if (watch < 0) {
                return () -> {};
            }
            listeners.put(watch, written);
            return () -> forget(watch);
        } finally {
            lock.unlock();
        }
    }

    private boolean open() {
        if (!closed && inotify < 0) {
            inotify = Inotify.create();
            if (inotify >= 0) {
                events = loop.watch(inotify, EventLoop.Interest.READ, this::tell);
                events.arm();
            }
        }
        return !closed && inotify >= 0;
    }

    private void forget(int watch) {
        lock.lock();
        try {
            if (listeners.remove(watch) != null && !closed) {
                Inotify.remove(inotify, watch);
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        lock.lock();
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(BUFFER, Long.BYTES);
            while (!closed) {
                long read = Descriptors.read(inotify, buffer);
                if (read <= 0) {
                    break;
                }
                for (int watch : Inotify.watches(buffer, read)) {
                    tell(watch);
                }
            }
            if (events != null && !closed) {
                events.arm();
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell(int watch) {
        if (watch < 0) {
            listeners.values().forEach(Runnable::run);
            return;
        }
        var listener = listeners.get(watch);
        if (listener != null) {
            listener.run();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (events != null) {
                events.close();
                Descriptors.close(inotify);
            }
        } finally {
            lock.unlock();
        }
    }
}
