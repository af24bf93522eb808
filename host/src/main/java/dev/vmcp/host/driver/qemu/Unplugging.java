package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Takes a device from a guest, which has to let go of it.
final class Unplugging {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    /// What an answer of QEMU may take on a busy host.
    private static final Duration LAST_LOOK = Duration.ofMillis(300);

    /// A guest that boots, or is busy, does not hear the first request.
    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private Unplugging() {}

    /// Returns when the device is gone.
    ///
    /// @throws DriverException SILENT when it is not by the deadline
    static void unplug(QmpConnection monitor, String id, Deadline deadline) {
        var asked = ask(monitor, id, deadline);
        while (Ports.devices(monitor, deadline).contains(id)) {
            if (deadline.remaining().compareTo(LAST_LOOK) < 0) {
                throw new DriverException(
                        Kind.SILENT, "the guest did not let go of the device in time");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new DriverException(Kind.SILENT, "interrupted while a device was to go");
            }
            if (System.nanoTime() - asked > ASK_AGAIN_NANOS) {
                asked = ask(monitor, id, deadline);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private static long ask(QmpConnection monitor, String id, Deadline deadline) {
        // Refused where it is on its way already, or gone just now: the next look tells.
        monitor.attempt("device_del", Map.of("id", id), deadline);
        return System.nanoTime();
    }
}
