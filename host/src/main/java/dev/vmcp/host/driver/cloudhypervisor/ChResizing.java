package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Resizing;
import dev.vmcp.host.process.Deadline;
import java.util.Map;

/// `vm.resize` within what the guest was created for. Its answer to too much says nothing of use.
///
/// @param most what the spec says that memory may grow to
record ChResizing(ChApi api, long most) implements Resizing {

    /// The unit of virtio-mem in Cloud Hypervisor.
    private static final long BLOCK = 2 << 20;

    @Override
    public void resizeCpus(int count, Deadline deadline) {
        var most = api.info(deadline).number("cpus", "max_vcpus");
        if (count < 1 || count > most) {
            throw refused("virtual CPUs: " + count + " (expected: 1 to " + most + ")");
        }
        api.put("vm.resize", Map.of("desired_vcpus", count), deadline);
    }

    @Override
    public void resizeMemory(long bytes, Deadline deadline) {
        var least = api.info(deadline).number("memory", "size");
        if (bytes < least || bytes > Math.max(least, most) || (bytes - least) % BLOCK != 0) {
            throw refused(
                    "memory: %d bytes (expected: %d to %d, in steps of 2 MiB)"
                            .formatted(bytes, least, Math.max(least, most)));
        }
        api.put("vm.resize", Map.of("desired_ram", bytes), deadline);
    }

    private static DriverException refused(String words) {
        return new DriverException(Kind.REFUSED, words);
    }
}
