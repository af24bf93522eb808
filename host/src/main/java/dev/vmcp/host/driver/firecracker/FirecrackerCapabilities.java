package dev.vmcp.host.driver.firecracker;

import static dev.vmcp.core.backend.CapabilityName.BOOT_FIRMWARE;
import static dev.vmcp.core.backend.CapabilityName.CONSOLE_VIRTIO;
import static dev.vmcp.core.backend.CapabilityName.DISK_BACKING;
import static dev.vmcp.core.backend.CapabilityName.DISK_QCOW2;
import static dev.vmcp.core.backend.CapabilityName.GUEST_POWEROFF;
import static dev.vmcp.core.backend.CapabilityName.HOTPLUG_DISK;
import static dev.vmcp.core.backend.CapabilityName.HOTPLUG_NIC;
import static dev.vmcp.core.backend.CapabilityName.ISOLATION_FILES;
import static dev.vmcp.core.backend.CapabilityName.MIGRATE;
import static dev.vmcp.core.backend.CapabilityName.REBOOT_FORCED;
import static dev.vmcp.core.backend.CapabilityName.RESIZE_MEMORY;
import static dev.vmcp.core.backend.CapabilityName.RESIZE_VCPUS;
import static dev.vmcp.core.backend.CapabilityName.START_AGAIN;
import static dev.vmcp.core.backend.CapabilityName.UNPLUG_DISK;
import static dev.vmcp.core.backend.CapabilityName.UNPLUG_NIC;
import static dev.vmcp.core.backend.CapabilityName.VNC;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What this driver does with Firecracker, and why not what it does not.
final class FirecrackerCapabilities {

    private static final String ONCE =
            "Firecracker starts a guest once; another start is a new launch";
    private static final String RAW = "Firecracker reads raw disks only";
    private static final String PREVIEW =
            "Firecracker plugs devices only as a preview that guests are not told of";

    private static final Map<CapabilityName, String> UNSUPPORTED =
            Map.ofEntries(
                    Map.entry(BOOT_FIRMWARE, "Firecracker boots kernels, uncompressed ones"),
                    Map.entry(START_AGAIN, ONCE),
                    Map.entry(REBOOT_FORCED, ONCE),
                    Map.entry(
                            GUEST_POWEROFF,
                            "Firecracker has no power-off; a guest that halts stays as it is"),
                    Map.entry(CONSOLE_VIRTIO, "Firecracker has a serial console only"),
                    Map.entry(VNC, "Firecracker has no graphics"),
                    Map.entry(DISK_QCOW2, RAW),
                    Map.entry(DISK_BACKING, RAW),
                    Map.entry(
                            RESIZE_VCPUS,
                            "Firecracker adds no virtual CPUs; max_vcpu_count is ignored"),
                    Map.entry(RESIZE_MEMORY, "this driver has no memory device of Firecracker"),
                    Map.entry(HOTPLUG_DISK, PREVIEW),
                    Map.entry(UNPLUG_DISK, PREVIEW),
                    Map.entry(HOTPLUG_NIC, PREVIEW),
                    Map.entry(UNPLUG_NIC, PREVIEW),
                    Map.entry(MIGRATE, "Firecracker has none"));

    private static final List<Capability> JAILED = all(true);
    private static final List<Capability> FREE = all(false);

    private FirecrackerCapabilities() {}

    /// @param jailed whether VMs that start now are jailed
    static List<Capability> of(boolean jailed) {
        return jailed ? JAILED : FREE;
    }

    private static List<Capability> all(boolean jailed) {
        return Arrays.stream(CapabilityName.values()).map(name -> of(name, jailed)).toList();
    }

    private static Capability of(CapabilityName name, boolean jailed) {
        var lacking = UNSUPPORTED.get(name);
        if (lacking != null) {
            return Capability.unsupported(name, lacking);
        }
        if (name == ISOLATION_FILES && !jailed) {
            return Capability.unsupported(
                    name,
                    "VMs are not jailed here: that takes root, the jailer and " + Programs.JAIL);
        }
        return Capability.supported(name);
    }
}
