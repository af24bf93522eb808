package dev.vmcp.verify.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Times of one thing, in nanoseconds. For use by one thread.
final class Samples {

    private final List<Long> nanos = new ArrayList<>();

    void add(long time) {
        nanos.add(time);
    }

    void addAll(Samples others) {
        nanos.addAll(others.nanos);
    }

    int count() {
        return nanos.size();
    }

    /// The value in milliseconds that this share of the samples does not exceed.
    double millis(int percent) {
        var sorted = nanos.stream().sorted().toList();
        int rank = (int) Math.ceil(sorted.size() * percent / 100.0);
        return sorted.get(Math.max(0, rank - 1)) / 1e6;
    }

    double meanMillis() {
        return nanos.stream().mapToLong(Long::longValue).average().orElse(0) / 1e6;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, mean %.2f ms (%d samples)",
                millis(50),
                millis(90),
                millis(99),
                meanMillis(),
                count());
    }
}
