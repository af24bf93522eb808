package dev.vmcp.host.driver.mvisor;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import java.util.Arrays;
import java.util.List;

/// What this driver does with MVisor.
final class MvisorCapabilities {

    static final List<Capability> ALL =
            Arrays.stream(CapabilityName.values()).map(MvisorCapabilities::of).toList();

    private MvisorCapabilities() {}

    private static Capability of(CapabilityName name) {
        return switch (name) {
            case BOOT_FIRMWARE,
                    ADOPT,
                    PAUSE,
                    RESUME,
                    GUEST_POWEROFF,
                    GUEST_CRASH,
                    CONSOLE_OUTPUT,
                    COUNTERS,
                    DISK_RAW,
                    ISOLATION_USER ->
                    Capability.supported(name);
            case BOOT -> lacks(name, "MVisor boots a disk by firmware and loads no kernel");
            case GUEST_REBOOT -> lacks(name, "MVisor restarts its guest in place and tells nobody");
            case CONSOLE_INPUT -> lacks(name, "MVisor's serial port only prints");
            case CONSOLE_VIRTIO -> lacks(name, "MVisor's virtio console has no side on the host");
            case VNC -> lacks(name, "MVisor's VNC listens on every address; it is shut in");
            case DISK_QCOW2, DISK_BACKING ->
                    lacks(name, "a qcow2 image breaks when MVisor is killed");
            case NET_TAP -> lacks(name, "MVisor runs in a network of its own");
            case ISOLATION_SYSCALLS, ISOLATION_FILES ->
                    lacks(name, "MVisor confines itself to nothing");
            case SHUTDOWN_GRACEFUL,
                    START_AGAIN,
                    REBOOT_FORCED,
                    RESIZE_VCPUS,
                    RESIZE_MEMORY,
                    HOTPLUG_DISK,
                    UNPLUG_DISK,
                    HOTPLUG_NIC,
                    UNPLUG_NIC,
                    REPLACE_DISK,
                    REPLACE_NIC,
                    SNAPSHOT_FULL,
                    SNAPSHOT_DIFF,
                    RESTORE,
                    MIGRATE ->
                    lacks(name, "MVisor has no management interface");
        };
    }

    private static Capability lacks(CapabilityName name, String reason) {
        return Capability.unsupported(name, reason);
    }
}
