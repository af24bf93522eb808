package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.host.vmm.Landlock;
import java.util.Arrays;
import java.util.List;

/// What this driver does with Cloud Hypervisor.
final class ChCapabilities {

    /// The version that has all access rights which Cloud Hypervisor insists on.
    private static final int LANDLOCK = 3;

    private static final boolean CONFINED = Landlock.version() >= LANDLOCK;

    static final List<Capability> ALL =
            Arrays.stream(CapabilityName.values()).map(ChCapabilities::of).toList();

    private ChCapabilities() {}

    /// Whether VMMs here can be kept from all files but their own.
    static boolean confined() {
        return CONFINED;
    }

    private static Capability of(CapabilityName name) {
        return switch (name) {
            case BOOT_FIRMWARE -> without(name, "Cloud Hypervisor has it, this driver does not");
            case CONSOLE_VIRTIO -> without(name, "Cloud Hypervisor has it, this driver does not");
            case MIGRATE -> without(name, "Cloud Hypervisor has it, this driver does not");
            case DISK_BACKING -> without(name, "Cloud Hypervisor has it, this driver does not");
            case VNC -> without(name, "Cloud Hypervisor has no screen");
            case REPLACE_DISK, REPLACE_NIC ->
                    without(name, "Cloud Hypervisor changes no device in place: unplug and plug");
            case SNAPSHOT_DIFF -> without(name, "Cloud Hypervisor saves whole snapshots only");
            case SNAPSHOT_FULL ->
                    Capability.unproven(
                            name,
                            "shown on no host yet: it fails where KVM lacks nested state"
                                    + " (GetNestedState, EINVAL)");
            case RESTORE ->
                    Capability.unproven(name, "shown on no host yet, for want of a snapshot");
            case ISOLATION_FILES ->
                    CONFINED
                            ? Capability.supported(name)
                            : without(name, "this kernel lacks Landlock 3 (Linux 6.2)");
            case BOOT,
                    ADOPT,
                    PAUSE,
                    RESUME,
                    SHUTDOWN_GRACEFUL,
                    START_AGAIN,
                    REBOOT_FORCED,
                    GUEST_POWEROFF,
                    GUEST_REBOOT,
                    GUEST_CRASH,
                    CONSOLE_OUTPUT,
                    CONSOLE_INPUT,
                    COUNTERS,
                    DISK_RAW,
                    DISK_QCOW2,
                    NET_TAP,
                    RESIZE_VCPUS,
                    RESIZE_MEMORY,
                    HOTPLUG_DISK,
                    UNPLUG_DISK,
                    HOTPLUG_NIC,
                    UNPLUG_NIC,
                    ISOLATION_USER,
                    ISOLATION_SYSCALLS ->
                    Capability.supported(name);
        };
    }

    private static Capability without(CapabilityName name, String reason) {
        return Capability.unsupported(name, reason);
    }
}
