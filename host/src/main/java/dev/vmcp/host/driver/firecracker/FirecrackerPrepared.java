package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
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
import dev.vmcp.host.vmm.LaunchFiles;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Firecracker that is ready to start, and the requests that make its guest run.
record FirecrackerPrepared(
        VmSpec spec,
        Quarters quarters,
        List<String> command,
        List<Configuration.Step> steps,
        Processes processes,
        TapAccess taps)
        implements Prepared {

    private static final Duration REAPING = Duration.ofSeconds(5);
    private static final Duration EXIT_SEEN = Duration.ofMillis(500);

    @Override
    public Live boot(Reaction reaction, Deadline deadline) {
        LaunchFiles.start(quarters.launch());
        var process = start();
        var live = FirecrackerLive.of(spec, quarters, process, taps);
        try {
            live.api().awaitListener(deadline);
            for (var step : steps) {
                live.api().put(step.path(), step.body(), deadline);
            }
            live.api().hangUp();
            return live;
        } catch (DriverException e) {
            live.close();
            throw end(process, e);
        } catch (RuntimeException e) {
            live.close();
            var _ = end(process, new DriverException(Kind.GONE, "", e));
            throw e;
        }
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
            throw new DriverException(Kind.HOST, "cannot start Firecracker: " + e.getMessage(), e);
        }
    }

    /// Ends the process for sure. What it said before an end of its own is the better reason.
    private DriverException end(OsProcess process, DriverException failure) {
        try (process) {
            var itself =
                    failure.kind() == Kind.GONE
                            ? process.await(Deadline.in(EXIT_SEEN))
                            : process.exit();
            process.kill();
            var _ = process.await(Deadline.in(REAPING));
            if (itself.isPresent()) {
                var words = FirecrackerLog.complaint(quarters.launch());
                var how = "Firecracker ended while starting (" + itself.get().words() + ")";
                return words.isEmpty()
                        ? new DriverException(Kind.GONE, how, failure)
                        : new DriverException(Kind.REFUSED, how + ": " + words, failure);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.kill();
        }
        return failure;
    }
}
