package dev.vmcp.host.keeper;

import static dev.vmcp.host.keeper.KeeperRoom.ask;
import static dev.vmcp.host.keeper.KeeperRoom.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.host.process.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What watchers are told.
class FeedTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir Path directory;
    KeeperRoom room;

    @BeforeEach
    void open() throws Exception {
        room = new KeeperRoom(directory);
    }

    private Feed feed() {
        return room.keepers().feed();
    }

    private List<String> words(long after) {
        return feed().after(after, 100).orElseThrow().stream()
                .map(change ->
                        change.view().record().phase().word() + (change.deleted() ? "!" : ""))
                .toList();
    }

    @Test
    void everyChangeIsToldInOrderAndTheDeleteLast() {
        var vm = room.in("a", Phase.Running.class);
        done(ask(vm, Verb.SHUTDOWN));
        done(ask(vm, Verb.DELETE));
        assertThat(words(0))
                .containsExactly(
                        "Created",
                        "Booting",
                        "Running",
                        "Stopping",
                        "Stopped",
                        "Deleting",
                        "Deleting!");
        assertThat(words(feed().last())).isEmpty();
    }

    @Test
    void aReaderGoesOnWhereItWas() {
        room.create("a");
        long last = feed().last();
        room.create("b");
        room.create("c");
        assertThat(feed().after(last, 1).orElseThrow())
                .singleElement()
                .satisfies(change -> assertThat(change.number()).isEqualTo(last + 1));
        assertThat(feed().after(last, 100).orElseThrow()).hasSize(2);
    }

    @Test
    void aReaderThatFellBehindIsToldSo() {
        var view = room.create("a").view();
        long first = feed().last();
        for (int i = 0; i < Feed.KEPT; i++) {
            feed().publish(view, false);
        }
        assertThat(feed().after(first, 10)).isPresent();
        assertThat(feed().after(first - 1, 10)).isEmpty();
        assertThat(feed().after(feed().last() + 1, 10)).as("a cursor of another life").isEmpty();
    }

    @Test
    void aReaderWaitsForTheNextChangeOnly() throws Exception {
        room.create("a");
        long last = feed().last();
        assertThat(feed().awaitAfter(last - 1, Deadline.in(LONG))).isTrue();
        assertThat(feed().awaitAfter(last, Deadline.in(Duration.ofMillis(1)))).isFalse();
        var waiting = CompletableFuture.supplyAsync(() -> awaited(last));
        room.create("b");
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aClosedFeedLetsItsReadersGo() throws Exception {
        long last = feed().last();
        var waiting = CompletableFuture.supplyAsync(() -> awaited(last));
        room.keepers().release();
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isFalse();
        assertThat(feed().closed()).isTrue();
    }

    private boolean awaited(long last) {
        try {
            return feed().awaitAfter(last, Deadline.in(Duration.ofMinutes(5)));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
