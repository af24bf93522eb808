package dev.vmcp.host.driver.mvisor;

import dev.vmcp.host.driver.GuestState;
import java.time.Duration;
import java.util.Optional;

/// Sees what a guest does, by two looks at its threads where one is not enough.
record GuestEye(long pid, GuestThreads threads) {

    /// Longer than a thread waits for a lock that another one holds.
    private static final Duration BETWEEN = Duration.ofMillis(50);

    static GuestEye on(long pid, int processors) {
        return new GuestEye(pid, new GuestThreads(pid, processors));
    }

    /// Empty when the process has ended.
    Optional<GuestState> see() throws InterruptedException {
        var first = threads.look();
        if (first.isEmpty() || threads.runs(first.get())) {
            return first.map(_ -> GuestState.RUNNING);
        }
        if (first.get().stopped()) {
            return Optional.of(GuestState.PAUSED);
        }
        Thread.sleep(BETWEEN);
        return threads.look().map(second -> threads.state(first.get(), second));
    }

    /// Whether the guest has come up. MVisor holds its virtual CPUs until all is ready.
    boolean up() {
        return threads.begun() && threads.look().filter(threads::runs).isPresent();
    }
}
