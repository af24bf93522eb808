package dev.vmcp.host.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.SerialPort;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsoleOutputTest {

    private static final ConsoleLimits LARGE = new ConsoleLimits(1 << 20, 64, 1 << 20);
    private static final int MEGABYTE = 1_000_000;

    @TempDir Path directory;
    private ConsoleRoom room;

    @BeforeEach
    void open() {
        room = new ConsoleRoom(directory);
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void twoFollowersOfAFloodGetEveryByteOfIt() throws Exception {
        try (var console = room.open("vm", LARGE);
                var followers = Executors.newVirtualThreadPerTaskExecutor()) {
            var line = room.line("launch");
            line.attachTo(console);
            var size = 50 * MEGABYTE;
            var first = followers.submit(() -> digest(console, size));
            var second = followers.submit(() -> digest(console, size));

            room.finish(line, "seq 1 9000000 | head -c " + size + " > $2");

            var expected = sha256().digest(numbers(size).getBytes(StandardCharsets.US_ASCII));
            assertThat(first.get()).isEqualTo(expected);
            assertThat(second.get()).isEqualTo(expected);
        }
    }

    @Test
    void whatIsPrintedLetterByLetterIsKeptOnceAMillisecond() throws Exception {
        var pieces = new AtomicInteger();
        Sink sink =
                (file, data) -> {
                    pieces.incrementAndGet();
                    new FileSink().append(file, data);
                };
        var line = room.line("launch");
        try (var console = new Consoles(room.loop, LARGE, sink).open(directory.resolve("vm"));
                var out = new RandomAccessFile(line.out().toFile(), "rw")) {
            line.attachTo(console);
            var began = System.nanoTime();

            for (var letter = 1; letter <= 500; letter++) {
                out.write('x');
                var due = began + letter * 100_000L;
                while (System.nanoTime() - due < 0) {
                    Thread.onSpinWait();
                }
            }
            Eventually.holds("all kept", () -> console.end() == 500);

            var millis = (System.nanoTime() - began) / 1_000_000;
            assertThat(pieces.get()).isBetween(1, (int) millis + 2);
        }
    }

    @Test
    void aFloodThatNobodyReadsFillsNoDisk() throws Exception {
        try (var console = room.open("vm", ConsoleRoom.SMALL)) {
            var line = room.line("launch");
            line.attachTo(console);

            room.finish(line, "seq 1 9000000 | head -c " + 20 * MEGABYTE + " > $2");
            Eventually.holds("all drained", () -> console.end() == 20 * MEGABYTE);

            assertThat(bytesIn(directory.resolve("vm"))).isBetween(3L << 16, 4L << 16);
            var oldest = console.read(0, 10);
            assertThat(oldest.gap()).isBetween(20L * MEGABYTE - (4 << 16), 20L * MEGABYTE);
            assertThat(oldest.next()).isEqualTo(oldest.gap() + 10);
            var expected = numbers(20 * MEGABYTE);
            assertThat(ConsoleRoom.follow(console, oldest.gap(), console.end()))
                    .isEqualTo(expected.substring((int) oldest.gap()));
        }
    }

    @Test
    void positionsGoOnAfterARestartOfOurs() throws Exception {
        try (var console = room.open("vm", ConsoleRoom.SMALL)) {
            var line = room.line("first");
            line.attachTo(console);
            room.finish(line, "printf first > $2");
        }
        try (var console = room.open("vm", ConsoleRoom.SMALL)) {
            assertThat(console.end()).isEqualTo(5);
            var line = room.line("second");
            line.attachTo(console);
            room.finish(line, "printf ' second' > $2");
            console.detach();

            assertThat(ConsoleRoom.text(console.read(0, 100))).isEqualTo("first second");
        }
    }

    @Test
    void whatWasPrintedWhileWeWereDeadIsReadLater() throws Exception {
        var line = room.line("launch");
        var size = 300_000;
        try (var earlier = room.open("vm", ConsoleLimits.USUAL)) {
            line.attachTo(earlier);
            room.run(
                    line,
                    "exec 3<>$2; printf up >&3; until [ -e go ]; do sleep 0.01; done;"
                            + "seq 1 60000 | head -c 300000 >&3; touch done; exec sleep 300");
            earlier.awaitBeyond(0, ConsoleRoom.soon());
        }

        Files.createFile(directory.resolve("go"));
        Eventually.holds("all printed", () -> Files.exists(directory.resolve("done")));
        try (var console = room.open("vm", ConsoleLimits.USUAL)) {
            line.attachTo(console);

            assertThat(ConsoleRoom.follow(console, 2, size + 2L)).isEqualTo(numbers(size));
        }
    }

    /// As Firecracker does with what a full FIFO does not take.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasThrownAwayWhileWeWereDeadIsAGap(boolean drops) throws Exception {
        var line = room.line("launch");
        var full = SerialEnds.OUTPUT_PIPE_BYTES;
        try (var earlier = room.open("vm", ConsoleLimits.USUAL)) {
            line.attachTo(earlier);
            room.run(
                    line,
                    "exec 3<>$2; printf up >&3; until [ -e go ]; do sleep 0.01; done;"
                            + "head -c 1048576 /dev/zero >&3; touch done;"
                            + "until [ -e again ]; do sleep 0.01; done; printf after >&3;"
                            + "exec sleep 300");
            earlier.awaitBeyond(0, ConsoleRoom.soon());
        }
        Files.createFile(directory.resolve("go"));
        Eventually.holds("all printed", () -> Files.exists(directory.resolve("done")));

        try (var console = room.open("vm", ConsoleLimits.USUAL)) {
            console.attach(new SerialPort.Pipes(line.in(), line.out(), drops), Optional.empty());
            ConsoleRoom.follow(console, 2, full + 2L, _ -> {});
            Files.createFile(directory.resolve("again"));
            var gap = drops ? 1 : 0;
            console.awaitBeyond(full + 2L + gap, ConsoleRoom.soon());

            var chunk = console.read(full + 2L, 100);
            assertThat(chunk.gap()).isEqualTo(gap);
            assertThat(ConsoleRoom.text(chunk)).isEqualTo("after");
        }
    }

    @Test
    void anotherLaunchGoesOnWhereTheOneBeforeEnded() throws Exception {
        try (var console = room.open("vm", ConsoleRoom.SMALL)) {
            var first = room.line("first");
            first.attachTo(console);
            room.finish(first, "printf 'a last word, ' > $2; kill -KILL $$");
            var second = room.line("second");
            second.attachTo(console);
            room.finish(second, "printf 'then another' > $2");
            console.detach();

            assertThat(ConsoleRoom.text(console.read(0, 100)))
                    .isEqualTo("a last word, then another");
        }
    }

    @Test
    void aFloodingGuestDoesNotStarveTheOthers() throws Exception {
        try (var flooding = room.open("flooding", ConsoleRoom.SMALL);
                var quiet = room.open("quiet", ConsoleRoom.SMALL)) {
            var flood = room.line("flood");
            var line = room.line("line");
            flood.attachTo(flooding);
            line.attachTo(quiet);
            var guest = room.run(flood, "exec yes 1<>$2");
            room.run(line, "exec cat < $1 > $2");
            flooding.awaitBeyond(MEGABYTE, ConsoleRoom.soon());

            quiet.write("hello".getBytes(StandardCharsets.US_ASCII), ConsoleRoom.soon());

            assertThat(ConsoleRoom.follow(quiet, 0, 5)).isEqualTo("hello");
            flooding.detach();
            assertThat(guest.exit()).as("a release ends though the flood does not").isNotPresent();
        }
    }

    @Test
    void waitersCostNoThreadsAndWakeForOutputCloseAndDeadline() throws Exception {
        try (var console = room.open("vm", ConsoleRoom.SMALL);
                var waiters = Executors.newVirtualThreadPerTaskExecutor()) {
            var line = room.line("launch");
            line.attachTo(console);
            var waiting = new CountDownLatch(500);
            var threads = platformThreads();
            var woken =
                    IntStream.range(0, 500)
                            .mapToObj(_ -> waiters.submit(() -> awaitOutput(console, waiting)))
                            .toList();
            assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(platformThreads() - threads).isLessThan(20);

            room.finish(line, "printf x > $2");

            for (var waiter : woken) {
                assertThat(waiter.get(20, TimeUnit.SECONDS)).isTrue();
            }
            console.awaitBeyond(1, Deadline.in(Duration.ofMillis(1)));
            var last = waiters.submit(() -> closedWhileWaiting(console));
            console.delete();
            assertThat(last.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatIsNoFifoIsNotAttached() throws Exception {
        try (var console = room.open("vm", ConsoleRoom.SMALL)) {
            var line = room.line("launch");
            var file = Files.createFile(directory.resolve("file"));
            var gone = new ConsoleRoom.Line(line.in(), directory.resolve("gone"));
            var wrong = new ConsoleRoom.Line(file, line.out());

            assertThatThrownBy(() -> gone.attachTo(console))
                    .isInstanceOf(ProcessException.class)
                    .hasMessageContaining("gone: No such file or directory");
            assertThatThrownBy(() -> wrong.attachTo(console))
                    .isInstanceOf(ProcessException.class)
                    .hasMessageContaining("file: not a FIFO");
        }
    }

    @Test
    void deletionLeavesNothingBehind() throws Exception {
        var console = room.open("vm", ConsoleRoom.SMALL);
        var line = room.line("launch");
        line.attachTo(console);
        room.finish(line, "printf gone > $2");

        console.delete();

        assertThat(console.closed()).isTrue();
        assertThat(directory.resolve("vm")).isEmptyDirectory();
        assertThat(console.read(0, 10)).isEqualTo(new Console.Chunk(nothing(), 4, 4));
        assertThatThrownBy(() -> line.attachTo(console)).hasMessageContaining("closed");
    }

    private static ByteBuffer nothing() {
        return ByteBuffer.allocate(0);
    }

    private static boolean awaitOutput(Console console, CountDownLatch waiting)
            throws InterruptedException {
        waiting.countDown();
        console.awaitBeyond(0, ConsoleRoom.soon());
        return console.end() > 0;
    }

    private static boolean closedWhileWaiting(Console console) throws InterruptedException {
        console.awaitBeyond(1, ConsoleRoom.soon());
        return console.closed();
    }

    private static byte[] digest(Console console, long until) throws Exception {
        var digest = sha256();
        ConsoleRoom.follow(console, 0, until, digest::update);
        return digest.digest();
    }

    private static MessageDigest sha256() throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("SHA-256");
    }

    /// What `seq 1 …` prints, cut off.
    private static String numbers(int size) {
        var text = new StringBuilder(size + 10);
        for (var number = 1; text.length() < size; number++) {
            text.append(number).append('\n');
        }
        return text.substring(0, size);
    }

    private static long bytesIn(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static long platformThreads() throws IOException {
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.count();
        }
    }
}
