package dev.vmcp.verify.crash;

import java.util.concurrent.ConcurrentSkipListMap;

/// How often the storm has done what, so that a test that met nothing shows it. Safe for use by
/// many threads.
final class Tally {

    private final ConcurrentSkipListMap<String, Integer> counts = new ConcurrentSkipListMap<>();

    void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    int of(String what) {
        return counts.getOrDefault(what, 0);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
