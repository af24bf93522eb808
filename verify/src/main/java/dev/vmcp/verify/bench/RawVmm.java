package dev.vmcp.verify.bench;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.LinuxProcesses;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.platform.files.FileTrees;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Starts a VMM as a host of ours does, by `posix_spawn`, and with nothing around it.
final class RawVmm implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long LOOK_AGAIN = TimeUnit.MICROSECONDS.toNanos(50);

    /// @param output from exec to the first byte on the serial port, in nanoseconds
    /// @param whole from exec until the killed process is reaped
    record Cycle(long output, long whole) {}

    private final Path directory;
    private final RawKind kind;
    private final EventLoop loop = new EventLoop();
    private final LinuxProcesses processes = new LinuxProcesses(loop);
    private final Queue<OsProcess> running = new ConcurrentLinkedQueue<>();
    private final AtomicInteger number = new AtomicInteger();

    private RawVmm(Path directory, RawKind kind) {
        this.directory = directory;
        this.kind = kind;
        processes.warmUp();
    }

    /// The peer of a host: the same program, guest and memory.
    static RawVmm of(BenchHost host) throws IOException {
        var directory = Files.createDirectories(host.directory().resolve("raw"));
        RawKind kind =
                switch (host.backend().vmm()) {
                    case QEMU -> RawQemu.like(host);
                    case FIRECRACKER -> new RawFirecracker(host.kernel(), host.backend().jailed());
                    case CLOUDHYPERVISOR -> new RawCloudHypervisor(host.kernel());
                    case MVISOR -> RawMvisor.like(host);
                };
        return new RawVmm(directory, kind);
    }

    /// Starts one, waits for its first output, kills and reaps it. What was laid out before the
    /// exec does not count.
    Cycle run() throws IOException, InterruptedException {
        var place = place();
        var spawn = kind.lay(place);
        try (var fifo = new RandomAccessFile(place.resolve(RawKind.OUT).toFile(), "rw");
                var in = new FileInputStream(fifo.getFD())) {
            long began = System.nanoTime();
            try (var process = processes.spawn(spawn)) {
                kind.begin(place);
                awaitByte(in, process, spawn.output());
                long spoke = System.nanoTime();
                process.kill();
                var _ = process.await(Deadline.in(LIMIT));
                return new Cycle(spoke - began, System.nanoTime() - began);
            }
        } finally {
            FileTrees.remove(place);
        }
    }

    /// Starts one that runs on until [#end]; returns once its guest runs. Safe for use by many
    /// threads.
    void start() throws IOException {
        var place = place();
        running.add(processes.spawn(kind.lay(place)));
        kind.begin(place);
        kind.awaitGuest(place);
    }

    /// Kills all that run and waits for their ends.
    void end() throws InterruptedException, IOException {
        running.forEach(OsProcess::kill);
        for (var process = running.poll(); process != null; process = running.poll()) {
            var _ = process.await(Deadline.in(LIMIT));
            process.close();
        }
        FileTrees.remove(directory);
    }

    private Path place() throws IOException {
        var place = Files.createDirectories(directory.resolve("r" + number.getAndIncrement()));
        Fifos.make(place.resolve(RawKind.IN), 0);
        Fifos.make(place.resolve(RawKind.OUT), 0);
        return place;
    }

    private static void awaitByte(FileInputStream in, OsProcess process, Path log)
            throws IOException {
        var deadline = Deadline.in(LIMIT);
        while (in.available() == 0) {
            if (process.exit().isPresent() || deadline.passed()) {
                process.kill();
                throw new IllegalStateException(
                        "raw VMM: no output (expected: the banner); it said: "
                                + Files.readString(log));
            }
            LockSupport.parkNanos(LOOK_AGAIN);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        processes.close();
        loop.close();
    }
}
