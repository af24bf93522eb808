package dev.vmcp.host.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ExitTest {

    @TempDir Path directory;
    private ProcessRoom room;

    @BeforeEach
    void open() {
        room = new ProcessRoom(directory);
    }

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void theExitCodeOfAChildIsLearned() throws Exception {
        var process = room.spawn("/bin/sh", "-c", "exit 42");

        assertThat(process.await(ProcessRoom.soon())).contains(new Exit.Code(42));
        assertThat(process.exit()).contains(new Exit.Code(42));
    }

    @Test
    void theSignalThatEndedAChildIsLearned() throws Exception {
        var process = room.spawn("/bin/sh", "-c", "kill -TERM $$");

        assertThat(process.await(ProcessRoom.soon())).contains(new Exit.Signal(15));
    }

    @Test
    void aKilledChildIsReapedAndMayBeKilledAgain() throws Exception {
        var process = room.spawn("/usr/bin/sleep", "300");
        assertThat(process.exit()).isEmpty();

        process.kill();

        assertThat(process.await(ProcessRoom.soon())).contains(new Exit.Signal(9));
        assertThat(Files.exists(Path.of("/proc", Long.toString(process.id().pid())))).isFalse();
        process.kill();
    }

    @Test
    void listenersHearOfTheEndOnceOnVirtualThreads() throws Exception {
        var before = new CompletableFuture<Exit>();
        var after = new CompletableFuture<Exit>();
        var virtual = new CompletableFuture<Boolean>();
        var process = room.spawn("/usr/bin/sleep", "300");

        process.onExit(before::complete);
        process.onExit(_ -> virtual.complete(Thread.currentThread().isVirtual()));
        process.kill();
        process.await(ProcessRoom.soon());
        process.onExit(after::complete);

        assertThat(before.get(20, TimeUnit.SECONDS)).isEqualTo(new Exit.Signal(9));
        assertThat(after.get(20, TimeUnit.SECONDS)).isEqualTo(new Exit.Signal(9));
        assertThat(virtual.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void waitingEndsWithTheDeadlineWhileTheProcessLives() throws Exception {
        var process = room.spawn("/usr/bin/sleep", "300");

        assertThat(process.await(Deadline.in(Duration.ofMillis(20)))).isEmpty();
        assertThat(process.exit()).isEmpty();
    }

    @Test
    void aChildThatWasLetGoIsStillReaped() throws Exception {
        var process = room.spawn("/usr/bin/sleep", "300");
        var heard = new CompletableFuture<Exit>();
        process.onExit(heard::complete);

        process.kill();
        process.close();

        Eventually.holds("no zombie", () -> ProcStat.of(process.id().pid()).isEmpty());
        process.close();
    }

    @Test
    void hundredsOfProcessesNeedNoThreadsOfTheirOwn() throws Exception {
        room.spawn("/bin/true").await(ProcessRoom.soon());
        var threads = platformThreads();
        var processes = new ArrayList<OsProcess>();
        var ends = new CountDownLatch(300);

        IntStream.range(0, 300)
                .mapToObj(_ -> room.spawn("/usr/bin/sleep", "300"))
                .forEach(processes::add);
        processes.forEach(process -> process.onExit(_ -> ends.countDown()));

        assertThat(platformThreads() - threads).isLessThan(20);
        processes.forEach(OsProcess::kill);
        assertThat(ends.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(processes)
                .allSatisfy(process -> assertThat(process.exit()).contains(new Exit.Signal(9)));
    }

    private static long platformThreads() throws Exception {
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.count();
        }
    }
}
