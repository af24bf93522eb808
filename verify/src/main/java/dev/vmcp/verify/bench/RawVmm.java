package dev.vmcp.verify.bench;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.LinuxProcesses;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.Spawn;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Starts the VMM as a host of ours did, by `posix_spawn` and with nothing around it.
final class RawVmm implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long LOOK_AGAIN = TimeUnit.MICROSECONDS.toNanos(50);

    /// @param output from exec to the first byte on the serial port, in nanoseconds
    /// @param whole from exec until the killed process is reaped
    record Cycle(long output, long whole) {}

    private final Path directory;
    private final List<String> command;
    private final EventLoop loop = new EventLoop();
    private final LinuxProcesses processes = new LinuxProcesses(loop);
    private int number;

    private RawVmm(Path directory, List<String> command) {
        this.directory = directory;
        this.command = command;
        processes.warmUp();
    }

    /// Takes the command line of a VMM that runs.
    ///
    /// @param launch the launch directory that stands in it
    static RawVmm like(long pid, Path launch, BenchHost host) throws IOException {
        var line = Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.UTF_8);
        var program = Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).toString();
        var command =
                line.lines()
                        .flatMap(text -> List.of(text.split("\0", -1)).stream())
                        .map(word -> word.replace(launch.toString(), "@"))
                        .map(word ->
                                word.equals("/proc/self/fd/3") ? host.kernel().toString() : word)
                        .toList();
        var whole = new java.util.ArrayList<>(command.subList(0, command.size() - 1));
        whole.set(0, program);
        return new RawVmm(host.directory().resolve("raw"), List.copyOf(whole));
    }

    /// Starts one, waits for its first output, kills and reaps it.
    Cycle run() throws IOException, InterruptedException {
        var place = Files.createDirectories(directory.resolve("r-" + number++));
        var output = place.resolve("serial.out");
        Fifos.make(place.resolve("serial.in"), 0);
        Fifos.make(output, 0);
        var argv = command.stream().map(word -> word.replace("@", place.toString())).toList();
        var spawn = new Spawn(argv, Map.of(), place, place.resolve("vmm.log"), List.of());
        try (var fifo = new RandomAccessFile(output.toFile(), "rw");
                var in = new FileInputStream(fifo.getFD())) {
            long began = System.nanoTime();
            try (var process = processes.spawn(spawn)) {
                awaitByte(in, process, place);
                long spoke = System.nanoTime();
                process.kill();
                var _ = process.await(Deadline.in(LIMIT));
                return new Cycle(spoke - began, System.nanoTime() - began);
            }
        } finally {
            BenchHost.remove(place);
        }
    }

    private static void awaitByte(FileInputStream in, OsProcess process, Path place)
            throws IOException {
        var deadline = Deadline.in(LIMIT);
        while (in.available() == 0) {
            if (process.exit().isPresent() || deadline.passed()) {
                process.kill();
                throw new IllegalStateException(
                        "raw VMM: no output (expected: the banner); it said: "
                                + Files.readString(place.resolve("vmm.log")));
            }
            LockSupport.parkNanos(LOOK_AGAIN);
        }
    }

    @Override
    public void close() {
        processes.close();
        loop.close();
    }
}
