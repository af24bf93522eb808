package dev.vmcp.platform.sqlite;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class WorkQueueTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final WorkQueue queue = new WorkQueue(2);

    @Test
    void aFullQueueRefusesAsRetryableAfterItsPatience() {
        queue.add(item(), LONG);
        queue.add(item(), LONG);

        assertThatThrownBy(() -> queue.add(item(), Duration.ofMillis(1)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.retryable()).isTrue());
    }

    @Test
    void whoWaitsForRoomGetsItWhenSomeIsMade() throws Exception {
        queue.add(item(), LONG);
        queue.add(item(), LONG);
        var third = item();
        var added = CompletableFuture.runAsync(() -> queue.add(third, LONG));

        assertThat(queue.take(2)).hasSize(2);
        added.get(10, SECONDS);
        assertThat(queue.take(2)).containsExactly(third);
    }

    @Test
    void whatWasAddedBeforeClosingIsStillTaken() {
        var item = item();
        queue.add(item, LONG);
        queue.close();

        assertThat(queue.take(9)).containsExactly(item);
        assertThat(queue.take(9)).isEmpty();
    }

    @Test
    void closingEndsEveryWait() {
        queue.add(item(), LONG);
        queue.add(item(), LONG);
        var added = CompletableFuture.runAsync(() -> queue.add(item(), LONG));

        queue.close();

        assertThatThrownBy(() -> added.get(10, SECONDS))
                .hasCauseInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void anInterruptedCallerIsRefusedAndStaysInterrupted() {
        queue.add(item(), LONG);
        queue.add(item(), LONG);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> queue.add(item(), LONG)).hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    private static Item<Integer> item() {
        return new Item<>(_ -> 1);
    }
}
