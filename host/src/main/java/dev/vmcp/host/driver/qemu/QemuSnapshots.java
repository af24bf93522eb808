package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Snapshots;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.OpenFlags;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Saves a guest as QEMU's migration stream, into a file that QEMU is handed open.
final class QemuSnapshots implements Snapshots {

    /// The file of a snapshot.
    static final String STATE = "state";

    private static final int OWNER_ONLY = 0600;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    /// QEMU holds itself to 128 MiB/s otherwise.
    private static final long BYTES_A_SECOND = 1L << 40;

    private final OsProcess process;
    private final QmpConnection monitor;

    QemuSnapshots(OsProcess process, QmpConnection monitor) {
        this.process = process;
        this.monitor = monitor;
    }

    @Override
    public void save(Path directory, Extent extent, Deadline deadline) {
        if (extent == Extent.DIFF) {
            throw new DriverException(Kind.REFUSED, "QEMU saves whole guests only");
        }
        paused(deadline);
        grown(deadline);
        var limits = Map.of("max-bandwidth", BYTES_A_SECOND);
        monitor.call("migrate-set-parameters", limits, deadline);
        int file = opened(directory.resolve(STATE));
        try (var passing = PassingMonitor.open(process, deadline)) {
            passing.call("getfd", Map.of("fdname", STATE), List.of(file), deadline);
            passing.call("migrate", Map.of("uri", "fd:" + STATE), List.of(), deadline);
        } finally {
            Descriptors.close(file);
        }
        await(deadline);
    }

    /// QEMU would save any guest, and afterwards call one paused that had ended before.
    private void paused(Deadline deadline) {
        var state = QemuStatus.of(monitor.call("query-status", deadline));
        if (state != GuestState.PAUSED) {
            throw new DriverException(Kind.REFUSED, "the guest is not paused: it is " + state);
        }
    }

    /// A restored guest gets the devices of its spec at boot, elsewhere than those that were
    /// plugged in later.
    private void grown(Deadline deadline) {
        boolean grown =
                Ports.devices(monitor, deadline).stream()
                        .anyMatch(id ->
                                id.startsWith(QemuHotplug.PREFIX)
                                        || id.startsWith("cpu-")
                                        || id.startsWith("dimm"));
        if (grown) {
            throw new DriverException(
                    Kind.NOT_NOW,
                    "devices, CPUs or memory were added while it ran; shut it down and boot it"
                            + " first");
        }
    }

    private static int opened(Path file) {
        try {
            return Descriptors.open(
                    file,
                    OpenFlags.READ_WRITE | OpenFlags.CREATE | OpenFlags.EXCLUSIVE,
                    OWNER_ONLY);
        } catch (ProcessException e) {
            throw HostFault.of(e);
        }
    }

    private void await(Deadline deadline) {
        while (true) {
            var now = Json.object(monitor.call("query-migrate", deadline));
            switch (String.valueOf(now.get("status"))) {
                case "completed" -> {
                    return;
                }
                case "failed", "cancelled" ->
                        throw new DriverException(
                                Kind.REFUSED,
                                "the guest's state was not written: "
                                        + now.getOrDefault("error-desc", "no reason given"));
                default -> {}
            }
            if (Thread.currentThread().isInterrupted() || deadline.passed()) {
                var _ = monitor.ask("migrate_cancel");
                throw new DriverException(Kind.SILENT, "the guest's state was not written in time");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }
}
