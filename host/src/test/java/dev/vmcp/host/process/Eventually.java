package dev.vmcp.host.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// Waits for something that comes about on its own.
public final class Eventually {

    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final long PAUSE_NANOS = 2_000_000;

    private Eventually() {}

    /// Looks until `condition` holds; fails naming `what` when it does not within 20 s.
    public static void holds(String what, Callable<Boolean> condition) throws Exception {
        var deadline = Deadline.in(LONGEST);
        while (!condition.call()) {
            assertThat(deadline.passed()).as("gave up waiting for: %s", what).isFalse();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
