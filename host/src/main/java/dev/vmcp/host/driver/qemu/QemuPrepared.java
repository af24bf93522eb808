package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.Spawn;
import dev.vmcp.host.vmm.LaunchFiles;
import dev.vmcp.host.vmm.VmmLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A QEMU that is ready to start: its arguments, and the files that it will get open.
///
/// @param restored whether it reads a guest's state first
record QemuPrepared(
        VmSpec spec,
        Launch launch,
        List<String> command,
        boolean restored,
        Handover handover,
        Processes processes,
        TapAccess taps)
        implements Prepared {

    private static final Pattern COMPLAINT = Pattern.compile("^(\\S+Z )?\\S*(qemu\\S*|setpriv): ");
    private static final Duration REAPING = Duration.ofSeconds(5);
    private static final Duration EXIT_SEEN = Duration.ofMillis(500);

    /// The guest starts with QEMU rather than by a command: it does not wait for us.
    @Override
    public Live boot(Reaction reaction, Deadline deadline) {
        LaunchFiles.start(launch);
        var process = start();
        try {
            var guest = new QemuLive.Guest(launch.vm(), spec);
            var live = QemuLive.connect(guest, process, taps, reaction, deadline);
            if (restored) {
                live.restored(deadline);
            }
            return live;
        } catch (DriverException e) {
            throw end(process, e);
        } catch (RuntimeException e) {
            var _ = end(process, new DriverException(Kind.GONE, "", e));
            throw e;
        }
    }

    private OsProcess start() {
        List<Integer> descriptors = List.of();
        try {
            descriptors = handover.open(taps);
            return processes.spawn(
                    new Spawn(command, Map.of(), launch.directory(), launch.log(), descriptors));
        } catch (ProcessException e) {
            throw new DriverException(Kind.HOST, "cannot start QEMU: " + e.getMessage(), e);
        } finally {
            Handover.close(descriptors);
        }
    }

    /// Ends the process for sure, also when interrupted, which is kept for later. What it said
    /// before an end of its own is the better reason.
    private DriverException end(OsProcess process, DriverException failure) {
        boolean interrupted = Thread.interrupted();
        try (process) {
            if (failure.kind() == Kind.GONE) {
                interrupted |= await(process, EXIT_SEEN);
            }
            var itself = process.exit();
            process.kill();
            interrupted |= await(process, REAPING);
            return itself.map(exit -> ended(exit, failure)).orElse(failure);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Waits for the end of the process; whether there was an interrupt meanwhile.
    private static boolean await(OsProcess process, Duration limit) {
        var deadline = Deadline.in(limit);
        boolean interrupted = false;
        while (process.exit().isEmpty() && !deadline.passed()) {
            try {
                var _ = process.await(deadline);
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    private DriverException ended(Exit exit, DriverException failure) {
        var words = VmmLog.lastWords(launch, COMPLAINT);
        return words.isEmpty()
                ? new DriverException(
                        Kind.GONE, "QEMU ended while starting (" + exit.words() + ")", failure)
                : new DriverException(Kind.REFUSED, words, failure);
    }
}
