package dev.vmcp.host.access;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What one caller may still do: so many calls and streams at once, and calls at a rate, of which
/// two seconds' worth may be saved up. For one thread at a time.
final class Allowance {

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int SAVED_SECONDS = 2;
    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int rate;
    private double saved;
    private long since;
    private int calls;
    private int streams;

    Allowance(int rate, long now) {
        this.rate = rate;
        this.saved = (double) rate * SAVED_SECONDS;
        this.since = now;
    }

    /// Zero = the call begins; else how long to wait.
    Duration ask(long now, boolean stream, int most) {
        saved = savedAt(now);
        since = now;
        if ((stream ? streams : calls) >= most) {
            return SOON;
        }
        if (saved < 1) {
            return Duration.ofNanos((long) Math.ceil((1 - saved) / rate * SECOND));
        }
        saved--;
        if (stream) {
            streams++;
        } else {
            calls++;
        }
        return Duration.ZERO;
    }

    private double savedAt(long now) {
        return Math.min((double) rate * SAVED_SECONDS, saved + (now - since) / SECOND * rate);
    }

    /// One that it had let begin has ended.
    Allowance left(boolean stream) {
        if (stream) {
            streams--;
        } else {
            calls--;
        }
        return this;
    }

    /// Whether a new one would be the same.
    boolean idle(long now) {
        return calls <= 0 && streams <= 0 && savedAt(now) >= (double) rate * SAVED_SECONDS;
    }
}
