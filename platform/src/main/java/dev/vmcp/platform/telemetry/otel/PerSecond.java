package dev.vmcp.platform.telemetry.otel;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Says yes so many times in each second of the clock.
final class PerSecond implements BooleanSupplier {

    private static final int COUNT_BITS = 20;

    private final int most;
    private final LongSupplier nanoClock;

    /// The second in the upper bits, the count in the lower ones.
    private final AtomicLong state = new AtomicLong();

    /// @param most less than a million
    PerSecond(int most, LongSupplier nanoClock) {
        this.most = most;
        this.nanoClock = nanoClock;
    }

    @Override
    public boolean getAsBoolean() {
        long second = TimeUnit.NANOSECONDS.toSeconds(nanoClock.getAsLong()) << COUNT_BITS;
        while (true) {
            long before = state.get();
            long current = before >> COUNT_BITS << COUNT_BITS == second ? before : second;
            if (current - second >= most) {
                return false;
            }
            if (state.compareAndSet(before, current + 1)) {
                return true;
            }
        }
    }
}
