package dev.vmcp.host.driver.firecracker;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.LaunchFiles;
import dev.vmcp.host.vmm.VmmStart;
import dev.vmcp.host.vmm.VmmTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// A Firecracker that is ready to start. It starts a new guest by itself, as the file that its
/// command names says, which spares the boot a request for each device.
///
/// @param load what makes a saved guest run instead
record FirecrackerPrepared(
        VmSpec spec,
        Quarters quarters,
        List<String> command,
        Optional<Configuration.Step> load,
        Processes processes,
        TapAccess taps)
        implements Prepared {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    @Override
    public Live boot(Reaction reaction, Deadline deadline) {
        LaunchFiles.start(quarters.launch());
        var launch = quarters.launch();
        var start = new VmmStart("Firecracker", start(), () -> FirecrackerLog.complaint(launch));
        return start.by(() -> started(start.process(), deadline));
    }

    private Live started(OsProcess process, Deadline deadline) {
        var live = FirecrackerLive.of(spec, quarters, process, taps);
        try {
            if (load.isPresent()) {
                live.api().awaitListener(deadline);
                live.api().put(load.get().path(), load.get().body(), deadline);
            } else {
                awaitGuest(live, process, deadline);
            }
            live.api().hangUp();
            return live;
        } catch (RuntimeException e) {
            live.close();
            throw e;
        }
    }

    /// Asks only one whose log does not tell, as another version's may not: a request costs a
    /// millisecond, and a Firecracker that fails to start its guest while it is asked something
    /// dies of the question, and does not say why it failed (seen of 1.15.1).
    private void awaitGuest(FirecrackerLive live, OsProcess process, Deadline deadline) {
        if (VmmTime.waiting(() -> awaitLog(process, deadline.atMost(PATIENCE)))) {
            return;
        }
        live.api().awaitListener(deadline);
        if (live.observe(deadline) != GuestState.RUNNING) {
            throw new DriverException(Kind.GONE, "Firecracker did not start its guest");
        }
    }

    /// Whether the log tells in time that the guest was started.
    private boolean awaitLog(OsProcess process, Deadline deadline) {
        var news = new Semaphore(0);
        process.onExit(_ -> news.release());
        try (var _ = processes.watch(quarters.log(), news::release)) {
            while (!deadline.passed()) {
                boolean ended = process.exit().isPresent();
                if (FirecrackerLog.tellsStart(quarters.log())) {
                    return true;
                }
                if (ended) {
                    return false;
                }
                var _ = news.tryAcquire(LOOK_AGAIN.toNanos(), NANOSECONDS);
                news.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private OsProcess start() {
        var launch = quarters.launch();
        var serial = new SerialPort.Pipes(launch.serialIn(), launch.serialOut());
        try {
            return processes.spawn(
                    new Spawn(
                            command,
                            Map.of(),
                            launch.directory(),
                            launch.log(),
                            List.of(),
                            Optional.of(serial)));
        } catch (ProcessException e) {
            throw HostFault.of("cannot start Firecracker", e);
        }
    }
}
