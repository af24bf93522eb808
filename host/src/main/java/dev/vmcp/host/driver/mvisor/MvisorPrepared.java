package dev.vmcp.host.driver.mvisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.LaunchFiles;
import dev.vmcp.host.vmm.UsersFile;
import dev.vmcp.host.vmm.VmmLog;
import dev.vmcp.host.vmm.VmmRequest;
import dev.vmcp.host.vmm.VmmStart;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// An MVisor that is ready to start.
record MvisorPrepared(
        VmSpec spec, Launch launch, List<String> command, Processes processes, FileAccess files)
        implements Prepared {

    private static final Pattern COMPLAINT =
            Pattern.compile(Watch.COMPLAINT.pattern() + "|^\\S*(unshare|setpriv|env|stdbuf): ");

    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    /// What an MVisor of several virtual CPUs dies of in one of some hundred starts, before its
    /// guest runs: it wakes the thread of one that has not said yet which one it is.
    private static final String LOST_RACE = "Assertion failed, current_vcpu_";

    private static final int STARTS = 4;

    @Override
    public Live boot(Reaction reaction, Deadline deadline) {
        LaunchFiles.start(launch);
        for (var left = STARTS - 1; ; left--) {
            var process = start();
            try {
                return new VmmStart("MVisor", process, () -> VmmLog.lastWords(launch, COMPLAINT))
                        .by(() -> {
                            var _ = VmmRequest.ready().call(() -> awaitedUp(process, deadline));
                            return MvisorLive.of(spec, launch, process, reaction);
                        });
            } catch (DriverException e) {
                if (left == 0 || !String.valueOf(e.getMessage()).contains(LOST_RACE)) {
                    throw e;
                }
            }
        }
    }

    private OsProcess start() {
        List<UsersFile> disks = List.of();
        try {
            Files.deleteIfExists(launch.log());
            disks = DiskFiles.open(spec, launch.id(), files);
            var console = new SerialPort.OutputPipe(launch.serialOut());
            return processes.spawn(
                    new Spawn(
                            command,
                            Map.of(),
                            launch.directory(),
                            launch.log(),
                            disks.stream().map(UsersFile::descriptor).toList(),
                            Optional.of(console)));
        } catch (IOException | ProcessException e) {
            throw HostFault.of("cannot start MVisor", e);
        } finally {
            disks.forEach(UsersFile::close);
        }
    }

    private boolean awaitedUp(OsProcess process, Deadline deadline) {
        var eye = GuestEye.on(process.id().pid(), spec.cpu().count());
        while (!eye.up()) {
            if (process.exit().isPresent()) {
                throw new DriverException(Kind.GONE, "MVisor has ended");
            }
            if (deadline.passed() || Thread.currentThread().isInterrupted()) {
                throw new DriverException(Kind.SILENT, "MVisor did not start its guest in time");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        return true;
    }
}
