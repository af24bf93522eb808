package dev.vmcp.host.process;

import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.platform.lifecycle.CrashPoint;
import dev.vmcp.platform.telemetry.otel.Step;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/// Processes of this Linux machine: `posix_spawn` on two launcher threads, `/proc`, pidfds and
/// inotify.
public final class LinuxProcesses implements Processes, AutoCloseable {

    private static final AttributeKey<String> EXECUTABLE =
            AttributeKey.stringKey("process.executable.path");
    private static final AttributeKey<Long> PID = AttributeKey.longKey("process.pid");
    private static final int LAUNCHERS = 2;

    private final EventLoop loop;
    private final FileNews news;
    private final String bootId;
    private final ExecutorService launchers =
            Executors.newFixedThreadPool(
                    LAUNCHERS, Thread.ofPlatform().daemon().name("vmcp-launcher-", 0).factory());

    /// @param loop watches the pidfds; whoever made it closes it, after this
    public LinuxProcesses(EventLoop loop) {
        this.loop = loop;
        this.news = new FileNews(loop);
        this.bootId = readBootId();
    }

    /// Does once what makes the first use of native functions slow (some 100 ms).
    public void warmUp() {
        var what =
                new Spawn(
                        List.of("/proc/self/exe/none"),
                        Map.of(),
                        Path.of("/"),
                        Path.of("/dev/null"),
                        List.of());
        launchers.execute(() -> PosixSpawn.run(what));
        launchers.execute(() -> watch(what.output(), () -> {}).close());
        adopt(new ProcessId(ProcessHandle.current().pid(), 0, bootId));
    }

    @Override
    public OsProcess spawn(Spawn what) {
        var step =
                Step.begin("process.spawn", SpanKind.INTERNAL)
                        .set(EXECUTABLE, what.argv().getFirst());
        return step.call(() -> {
            var process = spawned(what);
            step.set(PID, process.id().pid());
            return process;
        });
    }

    private OsProcess spawned(Spawn what) {
        try {
            CrashPoint.reach("spawn.before");
            // Joined without interruption: a process that was started must not be lost.
            var started = CompletableFuture.supplyAsync(() -> launch(what), launchers).join();
            CrashPoint.reach("spawn.after");
            return started;
        } catch (RejectedExecutionException e) {
            throw new ProcessException("start " + what.argv().getFirst() + ": we are ending", e);
        } catch (CompletionException e) {
            if (e.getCause() instanceof ProcessException cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public Optional<OsProcess> adopt(ProcessId id) {
        if (!id.bootId().equals(bootId)) {
            return Optional.empty();
        }
        var pidfd = Pidfd.open(id.pid());
        if (pidfd == -Errno.ESRCH || pidfd == -Errno.EINVAL) {
            return Optional.empty();
        }
        Libc.check(pidfd, "hold process " + id.pid());
        // The pidfd came first, so that what is read now is about the process that it holds.
        var same =
                ProcStat.of(id.pid())
                        .filter(stat -> stat.startTicks() == id.startTicks() && !stat.gone());
        if (same.isEmpty()) {
            Descriptors.close(pidfd);
            return Optional.empty();
        }
        return Optional.of(PidfdProcess.hold(loop, id, pidfd, false));
    }

    @Override
    public List<Found> scan(Path launches) {
        return new ProcessScan(launches, bootId).run();
    }

    @Override
    public FileWatch watch(Path file, Runnable written) {
        return news.on(file, written);
    }

    /// Ends the launcher threads. Processes go on.
    @Override
    public void close() {
        news.close();
        launchers.shutdown();
    }

    private OsProcess launch(Spawn what) {
        var result = PosixSpawn.run(what);
        if (result < 0) {
            throw new ProcessException(
                    "start "
                            + what.argv().getFirst()
                            + " in "
                            + what.directory()
                            + ": "
                            + Errno.text(-result));
        }
        try {
            return hold(result);
        } catch (RuntimeException e) {
            Pidfd.endChild(result);
            throw e;
        }
    }

    private OsProcess hold(int child) {
        // Ours to reap, so the pid cannot be another's already.
        var pidfd = (int) Libc.check(Pidfd.open(child), "hold process " + child);
        var stat =
                ProcStat.of(child)
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "child: " + child + " (expected: unreaped)"));
        var id = new ProcessId(child, stat.startTicks(), bootId);
        return PidfdProcess.hold(loop, id, pidfd, true);
    }

    private static String readBootId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            throw new ProcessException("read the boot id: " + e.getMessage(), e);
        }
    }
}
