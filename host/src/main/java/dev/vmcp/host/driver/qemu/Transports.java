package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;

/// Hands out a microvm's virtio transports, so that Linux finds devices in the order of the spec:
/// QEMU's ACPI tables list the transports from the last to the first.
final class Transports {

    private int left;

    Transports(VmSpec spec) {
        left = spec.disks().size() + spec.nics().size();
    }

    /// For the next device in the guest's order, as an option of `-device`.
    String next() {
        left--;
        return "bus=virtio-mmio-bus." + left;
    }
}
