package dev.vmcp.host.process;

import dev.vmcp.core.vm.ProcessId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A process room for one test: what was spawned through it is dead and reaped when it closes.
public final class ProcessRoom implements AutoCloseable {

    final EventLoop loop = new EventLoop();
    final LinuxProcesses processes = new LinuxProcesses(loop);
    private final Queue<OsProcess> spawned = new ConcurrentLinkedQueue<>();
    private final Queue<ProcessId> strangers = new ConcurrentLinkedQueue<>();
    private final Path directory;

    public ProcessRoom(Path directory) {
        this.directory = directory;
    }

    static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    public OsProcess spawn(String... argv) {
        return spawn(List.of(), argv);
    }

    public OsProcess spawn(SerialPort serial, List<Integer> descriptors, String... argv) {
        return spawn(
                new Spawn(
                        List.of(argv),
                        Map.of("PATH", "/usr/bin:/bin"),
                        directory,
                        output(),
                        descriptors,
                        Optional.of(serial)));
    }

    OsProcess spawn(List<Integer> descriptors, String... argv) {
        return spawn(
                new Spawn(
                        List.of(argv),
                        Map.of("PATH", "/usr/bin:/bin"),
                        directory,
                        output(),
                        descriptors));
    }

    OsProcess spawn(Spawn what) {
        var process = processes.spawn(what);
        spawned.add(process);
        return process;
    }

    Path output() {
        return directory.resolve("output.log");
    }

    /// Has a process that others started ended with the room.
    void alsoEnd(ProcessId stranger) {
        strangers.add(stranger);
    }

    @Override
    public void close() {
        for (var stranger : strangers) {
            processes.adopt(stranger).ifPresent(spawned::add);
        }
        for (var process : spawned) {
            process.kill();
        }
        try {
            for (var process : spawned) {
                process.await(soon());
                process.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        processes.close();
        loop.close();
    }
}
