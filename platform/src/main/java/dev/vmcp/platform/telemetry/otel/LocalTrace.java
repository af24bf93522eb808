package dev.vmcp.platform.telemetry.otel;

import io.opentelemetry.sdk.trace.ReadableSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// The spans of one unsampled trace that were made in this process, until it is known whether they
/// are wanted. Safe for use by many threads.
final class LocalTrace {

    /// What the end of a span came to.
    ///
    /// @param leaving spans that are to be exported now
    /// @param released how many that waited, this one included, wait no more
    record Outcome(List<ReadableSpan> leaving, int released) {}

    private enum Decision {
        OPEN,
        EXPORT,
        DROP
    }

    /// Of a call that succeeded before any span was begun below it.
    static final LocalTrace DROPPED = dropped();

    private final String root;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<ReadableSpan> waiting = new ArrayList<>(1);
    private Decision decision = Decision.OPEN;
    private boolean failed;

    /// @param root the span id of the local root
    LocalTrace(String root) {
        this.root = root;
    }

    private static LocalTrace dropped() {
        var none = new LocalTrace("");
        none.decision = Decision.DROP;
        return none;
    }

    /// Takes note of a span that ended.
    ///
    /// @param keep whether there is room for it to wait
    /// @param admission asked once when the trace has failed and its root ends
    Outcome ended(ReadableSpan span, boolean spanFailed, boolean keep, BooleanSupplier admission) {
        lock.lock();
        try {
            return switch (decision) {
                case EXPORT -> new Outcome(List.of(span), keep ? 1 : 0);
                case DROP -> new Outcome(List.of(), keep ? 1 : 0);
                case OPEN -> undecided(span, spanFailed, keep, admission);
            };
        } finally {
            lock.unlock();
        }
    }

    private Outcome undecided(
            ReadableSpan span, boolean spanFailed, boolean keep, BooleanSupplier admission) {
        failed |= spanFailed;
        if (keep) {
            waiting.add(span);
        }
        if (!span.getSpanContext().getSpanId().equals(root)) {
            return new Outcome(List.of(), 0);
        }
        boolean wanted = failed && admission.getAsBoolean();
        decision = wanted ? Decision.EXPORT : Decision.DROP;
        var leaving = wanted ? List.copyOf(waiting) : List.<ReadableSpan>of();
        int released = waiting.size();
        waiting.clear();
        return new Outcome(leaving, released);
    }
}
