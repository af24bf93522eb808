package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Resizing;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// `vm.resize` within what the guest was created for. Its answer to too much says nothing of use.
///
/// @param most what the spec says that memory may grow to
record ChResizing(ChApi api, OsProcess process, long most) implements Resizing {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    /// What it says while a guest has yet to let go of what an earlier request took.
    private static final String PENDING = "Too Many Requests";

    /// The unit of virtio-mem in Cloud Hypervisor.
    private static final long BLOCK = 2 << 20;

    @Override
    public void resizeCpus(int count, Deadline deadline) {
        var most = api.info(deadline).number("cpus", "max_vcpus");
        if (count < 1 || count > most) {
            throw beyond("virtual CPUs: " + count + " (expected: 1 to " + most + ")");
        }
        try {
            api.put("vm.resize", Map.of("desired_vcpus", count), deadline);
        } catch (DriverException e) {
            throw String.valueOf(e.getMessage()).contains(PENDING)
                    ? beyond("the guest has not let go yet of virtual CPUs that it was told to")
                    : e;
        }
        awaitGone(count, deadline);
    }

    /// It answers before the guest has let go of virtual CPUs. Each is a thread for as long.
    private void awaitGone(int count, Deadline deadline) {
        while (processors() > count) {
            if (deadline.passed() || Thread.currentThread().isInterrupted()) {
                throw new DriverException(
                        Kind.SILENT, "the guest did not let go of its virtual CPUs in time");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private int processors() {
        var count = 0;
        try (var threads =
                Files.newDirectoryStream(Path.of("/proc/" + process.id().pid() + "/task"))) {
            for (var thread : threads) {
                if (Files.readString(thread.resolve("comm")).startsWith("vcpu")) {
                    count++;
                }
            }
            return count;
        } catch (IOException e) {
            // A thread that ends meanwhile; of a process that has ended the next request tells.
            return process.exit().isPresent() ? 0 : Integer.MAX_VALUE;
        }
    }

    @Override
    public void resizeMemory(long bytes, Deadline deadline) {
        var least = api.info(deadline).number("memory", "size");
        if (bytes < least || bytes > Math.max(least, most) || (bytes - least) % BLOCK != 0) {
            throw beyond(
                    ("memory: %d bytes (expected: %d, which it was started with, to %d, in steps of 2"
                                    + " MiB)")
                            .formatted(bytes, least, Math.max(least, most)));
        }
        api.put("vm.resize", Map.of("desired_ram", bytes), deadline);
    }

    private static DriverException beyond(String words) {
        return new DriverException(Kind.NOT_NOW, words);
    }
}
