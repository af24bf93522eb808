package dev.vmcp.host.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventLoopTest {

    @TempDir Path directory;

    @Test
    void aListenerIsCalledOncePerArming() throws Exception {
        var fifo = fifo();
        var calls = new Semaphore(0);
        try (var loop = new EventLoop();
                var arena = Arena.ofConfined();
                var watch = loop.watch(fifo, EventLoop.Interest.READ, calls::release)) {
            assertThat(Descriptors.write(fifo, arena.allocateFrom("four"))).isEqualTo(5);
            assertThat(calls.tryAcquire(50, TimeUnit.MILLISECONDS)).as("unarmed").isFalse();

            watch.arm();

            assertThat(calls.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            assertThat(calls.tryAcquire(50, TimeUnit.MILLISECONDS)).as("a second").isFalse();
            watch.arm();
            assertThat(calls.tryAcquire(20, TimeUnit.SECONDS)).as("still readable").isTrue();
        } finally {
            Descriptors.close(fifo);
        }
    }

    @Test
    void aListenerThatBlocksOrFailsHoldsUpNobody() throws Exception {
        var fifo = fifo();
        var calls = new Semaphore(0);
        var never = new Semaphore(0);
        try (var loop = new EventLoop();
                var blocked =
                        loop.watch(
                                fifo,
                                EventLoop.Interest.WRITE,
                                () -> {
                                    calls.release();
                                    never.acquireUninterruptibly();
                                    throw new IllegalStateException("told to fail");
                                })) {
            blocked.arm();
            assertThat(calls.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            blocked.arm();
            assertThat(calls.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            never.release(2);
        } finally {
            Descriptors.close(fifo);
        }
    }

    @Test
    void whatIsNoDescriptorOrCannotBeWatchedIsRefused() throws Exception {
        var file = Files.createFile(directory.resolve("file"));
        var regular = Descriptors.open(file, OpenFlags.READ_ONLY);
        try (var loop = new EventLoop()) {
            assertThatThrownBy(() -> loop.watch(regular, EventLoop.Interest.READ, () -> {}))
                    .isInstanceOf(ProcessException.class);
            assertThatThrownBy(() -> loop.watch(999_999, EventLoop.Interest.READ, () -> {}))
                    .hasMessageContaining("Bad file descriptor");
        } finally {
            Descriptors.close(regular);
        }
    }

    @Test
    void aFifoIsPrivateAndOnlyAFifoIsOpenedAsOne() throws Exception {
        var fifo = fifo();
        var path = directory.resolve("fifo");
        Descriptors.close(fifo);
        var link = Files.createSymbolicLink(directory.resolve("link"), path);
        var file = Files.createFile(directory.resolve("file"));

        assertThat(Files.getPosixFilePermissions(path))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> Fifos.open(link)).isInstanceOf(ProcessException.class);
        assertThatThrownBy(() -> Fifos.open(file)).hasMessageContaining("not a FIFO");
        assertThatThrownBy(() -> Fifos.open(directory.resolve("none")))
                .hasMessageContaining("No such file");
        assertThatThrownBy(() -> Fifos.make(path, 0)).hasMessageContaining("File exists");
    }

    @Test
    void theStatusTellsWhetherTwoDescriptorsAreOneFile() throws Exception {
        var file = Files.writeString(directory.resolve("file"), "12345");
        var one = Descriptors.open(file, OpenFlags.READ_ONLY);
        var two = Descriptors.duplicate(one, 100);

        assertThat(two).isGreaterThanOrEqualTo(100);
        assertThat(FileStatus.of(two)).isEqualTo(FileStatus.of(one));
        assertThat(FileStatus.of(one).kind()).isEqualTo(FileStatus.Kind.REGULAR);
        assertThat(FileStatus.of(one).size()).isEqualTo(5);
        assertThat(FileStatus.of(one).inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
        Descriptors.close(one);
        Descriptors.close(two);
        assertThat(Descriptors.read(two, MemorySegment.NULL)).isNegative();
    }

    private int fifo() {
        var path = directory.resolve("fifo");
        Fifos.make(path, 0);
        return Fifos.open(path);
    }
}
