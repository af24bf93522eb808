package dev.vmcp.host.driver.firecracker;

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
import java.util.concurrent.locks.LockSupport;

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

    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    @Override
    public Live boot(Reaction reaction, Deadline deadline) {
        LaunchFiles.start(quarters.launch());
        var launch = quarters.launch();
        var start = new VmmStart("Firecracker", start(), () -> FirecrackerLog.complaint(launch));
        return start.by(() -> started(start, deadline));
    }

    private Live started(VmmStart start, Deadline deadline) {
        var live = FirecrackerLive.of(spec, quarters, start.process(), taps);
        try {
            if (load.isPresent()) {
                live.api().awaitListener(deadline);
                live.api().put(load.get().path(), load.get().body(), deadline);
            } else {
                awaitGuest(live, start, deadline);
            }
            live.api().hangUp();
            return live;
        } catch (RuntimeException e) {
            live.close();
            throw e;
        }
    }

    /// A guest may have ended before Firecracker said that it runs.
    private void awaitGuest(FirecrackerLive live, VmmStart start, Deadline deadline) {
        var _ = VmmTime.waiting(() -> awaitLog(start.process()));
        try {
            live.api().awaitListener(deadline);
            if (live.observe(deadline) != GuestState.RUNNING) {
                throw new DriverException(Kind.GONE, "Firecracker did not start its guest");
            }
        } catch (DriverException e) {
            if (!FirecrackerLog.tellsStart(quarters.log()) || !start.hasEnded()) {
                throw e;
            }
        }
    }

    /// Until the log tells of the start, for a while: a Firecracker that fails to start its guest
    /// while it is asked something dies of the question, and does not say why it failed (seen of
    /// 1.15.1).
    private boolean awaitLog(OsProcess process) {
        var patience = Deadline.in(PATIENCE);
        var told = FirecrackerLog.tellsStart(quarters.log());
        while (!told
                && process.exit().isEmpty()
                && !patience.passed()
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            told = FirecrackerLog.tellsStart(quarters.log());
        }
        return told;
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
