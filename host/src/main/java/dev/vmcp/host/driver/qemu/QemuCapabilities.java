package dev.vmcp.host.driver.qemu;

import static dev.vmcp.core.backend.CapabilityName.BOOT_FIRMWARE;
import static dev.vmcp.core.backend.CapabilityName.CONSOLE_VIRTIO;
import static dev.vmcp.core.backend.CapabilityName.ISOLATION_FILES;
import static dev.vmcp.core.backend.CapabilityName.MIGRATE;
import static dev.vmcp.core.backend.CapabilityName.REPLACE_DISK;
import static dev.vmcp.core.backend.CapabilityName.REPLACE_NIC;
import static dev.vmcp.core.backend.CapabilityName.SNAPSHOT_DIFF;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What this driver does with QEMU.
final class QemuCapabilities {

    private static final Set<CapabilityName> UNSUPPORTED =
            EnumSet.of(BOOT_FIRMWARE, CONSOLE_VIRTIO, ISOLATION_FILES);

    static {
        UNSUPPORTED.addAll(EnumSet.of(REPLACE_DISK, REPLACE_NIC, SNAPSHOT_DIFF, MIGRATE));
    }

    static final List<Capability> ALL =
            Arrays.stream(CapabilityName.values()).map(QemuCapabilities::of).toList();

    private QemuCapabilities() {}

    private static Capability of(CapabilityName name) {
        return UNSUPPORTED.contains(name)
                ? Capability.unsupported(name, "QEMU has it, this driver does not")
                : Capability.supported(name);
    }
}
