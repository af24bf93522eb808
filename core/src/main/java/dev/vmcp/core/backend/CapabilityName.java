package dev.vmcp.core.backend;

import java.util.Arrays;
import java.util.Optional;

/// One thing that a backend may be able to do, by the name that operators see. The one list of
/// them: the drivers claim by it, the conformance kit proves by it, the API serves it.
public enum CapabilityName {
    BOOT("boot.kernel", "A guest is started from a kernel file."),
    BOOT_FIRMWARE("boot.firmware", "A guest is started by firmware, from its disk."),
    ADOPT("adopt", "A VMM that runs is taken up again by a later life of the host."),
    PAUSE("pause", "A guest that runs stands still."),
    RESUME("resume", "A guest that stands still goes on."),
    SHUTDOWN_GRACEFUL("shutdown.graceful", "A guest is asked to switch itself off."),
    START_AGAIN("start-again", "A guest that is off boots once more in the same VMM process."),
    REBOOT_FORCED("reboot.forced", "A guest is restarted by force in the same VMM process."),
    GUEST_POWEROFF("guest.poweroff", "A guest that switches itself off is noticed."),
    GUEST_REBOOT("guest.reboot", "A guest that restarts itself is noticed."),
    GUEST_CRASH("guest.crash", "A guest that crashes is noticed."),
    CONSOLE_OUTPUT("console.output", "What a guest prints on its serial port is kept."),
    CONSOLE_INPUT("console.input", "A guest's serial port takes input."),
    CONSOLE_VIRTIO("console.virtio", "A guest has a virtio console."),
    VNC("vnc", "A guest's screen is served by VNC."),
    COUNTERS("counters", "What a guest uses is counted."),
    DISK_RAW("disk.raw", "A guest has raw disks."),
    DISK_QCOW2("disk.qcow2", "A guest has qcow2 disks."),
    DISK_BACKING("disk.backing", "A guest has qcow2 disks that stand on backing files."),
    NET_TAP("net.tap", "A guest has network devices on TAPs of the host."),
    RESIZE_VCPUS("resize.vcpus", "A guest that runs gets more or fewer virtual CPUs."),
    RESIZE_MEMORY("resize.memory", "A guest that runs gets more or less memory."),
    HOTPLUG_DISK("hotplug.disk", "A guest that runs gets a disk."),
    UNPLUG_DISK("unplug.disk", "A guest that runs loses a disk."),
    HOTPLUG_NIC("hotplug.nic", "A guest that runs gets a network device."),
    UNPLUG_NIC("unplug.nic", "A guest that runs loses a network device."),
    REPLACE_DISK("replace.disk", "A disk of a guest that runs gets another file."),
    REPLACE_NIC("replace.nic", "A network device of a guest that runs gets other limits."),
    SNAPSHOT_FULL("snapshot.full", "The whole state of a guest is saved."),
    SNAPSHOT_DIFF("snapshot.diff", "What changed since the last snapshot is saved."),
    RESTORE("restore", "A guest goes on from a snapshot in a new VMM."),
    MIGRATE("migrate", "A guest that runs moves to another host."),
    ISOLATION_USER("isolation.user", "A VMM runs as a user of its own, without privileges."),
    ISOLATION_SYSCALLS("isolation.syscalls", "A VMM's system calls are filtered."),
    ISOLATION_FILES("isolation.files", "A VMM sees no files but its own.");

    private final String wire;
    private final String meaning;

    CapabilityName(String wire, String meaning) {
        this.wire = wire;
        this.meaning = meaning;
    }

    /// As operators and the wire spell it.
    public String wire() {
        return wire;
    }

    /// A sentence for the reference page.
    public String meaning() {
        return meaning;
    }

    public static Optional<CapabilityName> ofWire(String wire) {
        return Arrays.stream(values()).filter(name -> name.wire.equals(wire)).findFirst();
    }
}
