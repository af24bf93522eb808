package dev.vmcp.host.process;

import dev.vmcp.core.vm.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// One look through `/proc` for processes that name a launch.
final class ProcessScan {

    private static final Path PROC = Path.of("/proc");

    /// In the middle of exec a process has no arguments for some microseconds. Some have none ever.
    private static final Duration LONGEST_EXEC = Duration.ofMillis(50);

    private static final long PAUSE_NANOS = 1_000_000;

    private final LaunchPattern pattern;
    private final String bootId;
    private final List<Processes.Found> found = new ArrayList<>();

    ProcessScan(Path launches, String bootId) {
        this.pattern = new LaunchPattern(launches);
        this.bootId = bootId;
    }

    List<Processes.Found> run() {
        var deadline = Deadline.in(LONGEST_EXEC);
        var undecided = look(list());
        while (!undecided.isEmpty() && !deadline.passed()) {
            LockSupport.parkNanos(PAUSE_NANOS);
            undecided = look(undecided);
        }
        return List.copyOf(found);
    }

    /// Notes the launches among `processes`; those that may be in the middle of exec are left over.
    private List<Path> look(List<Path> processes) {
        var undecided = new ArrayList<Path>();
        for (var process : processes) {
            var cmdline = cmdline(process);
            if (cmdline.isEmpty()) {
                continue;
            }
            if (cmdline.get().length == 0) {
                stat(process)
                        .filter(stat -> !stat.gone() && !stat.kernelThread())
                        .ifPresent(_ -> undecided.add(process));
                continue;
            }
            pattern.launch(cmdline.get())
                    .ifPresent(launch ->
                            stat(process)
                                    .filter(stat -> !stat.gone())
                                    .map(stat -> id(process, stat))
                                    .map(id -> new Processes.Found(launch, id))
                                    .ifPresent(found::add));
        }
        return undecided;
    }

    private ProcessId id(Path process, ProcStat stat) {
        return new ProcessId(pid(process), stat.startTicks(), bootId);
    }

    private static Optional<ProcStat> stat(Path process) {
        return ProcStat.of(pid(process));
    }

    private static long pid(Path process) {
        return Long.parseLong(process.getFileName().toString());
    }

    private static List<Path> list() {
        var processes = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(PROC, ProcessScan::isProcess)) {
            entries.forEach(processes::add);
        } catch (IOException e) {
            throw new ProcessException("list /proc: " + e.getMessage(), e);
        }
        return processes;
    }

    private static boolean isProcess(Path entry) {
        return Character.isDigit(entry.getFileName().toString().charAt(0));
    }

    private static Optional<byte[]> cmdline(Path process) {
        try {
            return Optional.of(Files.readAllBytes(process.resolve("cmdline")));
        } catch (IOException e) {
            // It ended in the meantime.
            return Optional.empty();
        }
    }
}
