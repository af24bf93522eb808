package dev.vmcp.host.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Eventually;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConsoleInputTest {

    private static final byte[] MUCH =
            "0123456789".repeat(20_000).getBytes(StandardCharsets.US_ASCII);

    @TempDir Path directory;
    private ConsoleRoom room;
    private Console console;

    @BeforeEach
    void open() {
        room = new ConsoleRoom(directory);
        console = room.open("vm", ConsoleLimits.USUAL);
    }

    @AfterEach
    void close() {
        console.close();
        room.close();
    }

    @Test
    void moreThanThePipeHoldsIsSentAsTheGuestReads() throws Exception {
        var line = room.line("launch");
        line.attachTo(console);
        room.run(line, "exec cat < $1 > $2");

        assertThat(console.write(MUCH, ConsoleRoom.soon())).isEqualTo(MUCH.length);

        assertThat(ConsoleRoom.follow(console, 0, MUCH.length))
                .isEqualTo(new String(MUCH, StandardCharsets.US_ASCII));
    }

    @Test
    void aGuestThatDoesNotReadTakesWhatFitsByTheDeadline() throws Exception {
        var line = room.line("launch");
        line.attachTo(console);

        var taken = console.write(MUCH, Deadline.in(Duration.ofMillis(50)));

        assertThat(taken).isPositive().isLessThan(MUCH.length);
        assertThat(console.write(MUCH, Deadline.in(Duration.ZERO))).isZero();
    }

    @Test
    void withoutALaunchThereIsNoInput() throws Exception {
        assertThatThrownBy(() -> console.write(MUCH, ConsoleRoom.soon()))
                .isInstanceOf(Console.NotWritable.class)
                .hasMessage("no VMM runs");
        room.line("launch").attachTo(console);
        console.detach();

        assertThatThrownBy(() -> console.write(MUCH, ConsoleRoom.soon()))
                .isInstanceOf(Console.NotWritable.class);
    }

    @Test
    void oneWriterAtATimeAndDetachingEndsItsTurn() throws Exception {
        room.line("launch").attachTo(console);
        try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            var stuck = writers.submit(() -> console.write(MUCH, ConsoleRoom.soon()));
            Eventually.holds("the turn is taken", this::turnIsTaken);

            console.detach();

            assertThat(stuck.get(20, TimeUnit.SECONDS)).isLessThan(MUCH.length);
        }
    }

    @Test
    void aWriterThatTookNothingLearnsThatTheVmmHasGone() throws Exception {
        room.line("launch").attachTo(console);
        console.write(MUCH, Deadline.in(Duration.ZERO));
        var failure = new CompletableFuture<Integer>();
        var writer =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                failure.complete(console.write(MUCH, ConsoleRoom.soon()));
                            } catch (InterruptedException | RuntimeException e) {
                                failure.completeExceptionally(e);
                            }
                        });
        Eventually.holds("it waits", () -> writer.getState() == Thread.State.TIMED_WAITING);

        console.detach();

        assertThatThrownBy(() -> failure.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(Console.NotWritable.class);
    }

    private boolean turnIsTaken() throws InterruptedException {
        try {
            return console.write(new byte[0], Deadline.in(Duration.ZERO)) < 0;
        } catch (Console.NotWritable e) {
            assertThat(e).hasMessage("another writer has the turn");
            return true;
        }
    }
}
