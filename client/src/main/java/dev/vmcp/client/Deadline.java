package dev.vmcp.client;

import java.time.Duration;

/// A moment of the monotonic clock by which a call must be over, or none.
record Deadline(long nanoTime, boolean bounded) {
    static final Deadline NONE = new Deadline(0, false);

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos(), true);
    }

    boolean passed() {
        return bounded && nanoTime - System.nanoTime() <= 0;
    }

    /// At least 1 while time is left; 0 for no bound, as sockets and selectors understand it.
    int millisLeft() {
        if (!bounded) {
            return 0;
        }
        var millis = (nanoTime - System.nanoTime()) / 1_000_000;
        return Math.clamp(millis, 1, Integer.MAX_VALUE);
    }
}
