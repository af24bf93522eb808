package dev.vmcp.verify.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Looks again and again until something holds, or the time is up.
public final class Await {

    private static final long PAUSE_NANOS = 10_000_000;

    private Await() {}

    /// @throws AssertionError naming `what` when it does not hold in time
    public static void until(String what, Duration limit, BooleanSupplier holds) {
        var _ =
                value(
                        what,
                        limit,
                        () -> holds.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /// The first value that there is.
    public static <T> T value(String what, Duration limit, Supplier<Optional<T>> source) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            var found = source.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(what + ": not within " + limit);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
