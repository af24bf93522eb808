package dev.vmcp.verify.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// Whether a host holds more at the end of a long run than at its beginning. The second fifth of
/// the readings, in which all is warm, is held against the last one; of each the middle reading
/// counts.
public final class Growth {

    /// The fewest readings that say something.
    public static final int FEWEST = 10;

    private static final long MOST_LIVE = 4L << 20;
    private static final long MOST_RESIDENT = 32L << 20;
    private static final long MOST_JOURNAL = 8L << 20;
    private static final int MOST_MORE = 12;

    private final List<Vitals> early;
    private final List<Vitals> late;

    /// @param seen in the order of time, [#FEWEST] at least
    public Growth(List<Vitals> seen) {
        if (seen.size() < FEWEST) {
            throw new IllegalStateException(
                    "readings: " + seen.size() + " (expected: " + FEWEST + " at least)");
        }
        int fifth = seen.size() / 5;
        early = List.copyOf(seen.subList(fifth, 2 * fifth));
        late = List.copyOf(seen.subList(seen.size() - fifth, seen.size()));
    }

    /// Prints what is compared; returns what grew beyond what a run may differ from itself.
    public List<String> faults() {
        var faults = new ArrayList<String>();
        compare("live heap", Vitals::liveBytes, MOST_LIVE, faults);
        compare("memory", Vitals::residentBytes, MOST_RESIDENT, faults);
        compare("journal", Vitals::journalBytes, MOST_JOURNAL, faults);
        compare("threads", Vitals::threads, MOST_MORE, faults);
        compare("descriptors", Vitals::descriptors, MOST_MORE, faults);
        compare("entries", Vitals::entries, 0, faults);
        return List.copyOf(faults);
    }

    private void compare(
            String what, ToLongFunction<Vitals> value, long most, List<String> faults) {
        long then = middle(early, value);
        long now = middle(late, value);
        System.out.printf(Locale.ROOT, "%s: %,d early, %,d late%n", what, then, now);
        if (now - then > most) {
            faults.add(what + " grew from " + then + " to " + now);
        }
    }

    private static long middle(List<Vitals> some, ToLongFunction<Vitals> value) {
        return some.stream().mapToLong(value).sorted().skip(some.size() / 2).findFirst().orElse(0);
    }
}
