package dev.vmcp.platform.rpc.call;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Counts what happens too often to be logged each time, and says when it may be. Safe for use by
/// many threads.
public final class Seldom {
    private static final long PAUSE = Duration.ofSeconds(10).toNanos();

    private final AtomicLong count = new AtomicLong();
    private final AtomicLong said = new AtomicLong(System.nanoTime() - PAUSE);

    /// Counts once more; whether this one is to be logged.
    public boolean again() {
        count.incrementAndGet();
        long last = said.get();
        long now = System.nanoTime();
        return now - last >= PAUSE && said.compareAndSet(last, now);
    }

    /// How often it has happened.
    public long count() {
        return count.get();
    }
}
