package dev.vmcp.host.vmm;

import dev.vmcp.core.backend.HostKvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.regex.Pattern;

/// The KVM of this host.
///
/// A `/dev/kvm` that opens is not enough: where the CPU shows neither vmx nor svm, KVM interprets
/// or paravirtualises, and ordinary kernels do not come up.
public final class Kvm {

    public static final Path DEVICE = Path.of("/dev/kvm");

    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final Pattern HARDWARE = Pattern.compile("(?m)^flags\\s*:.*\\b(vmx|svm)\\b");

    private Kvm() {}

    /// Whether the CPU virtualises in hardware, so that KVM runs any guest and `-cpu host` works.
    public static boolean hardware() {
        return Cpu.VIRTUALISES;
    }

    /// What this process can expect of it, looked at again at each call.
    public static HostKvm look() {
        if (!Files.exists(DEVICE)) {
            return new HostKvm.Absent(
                    DEVICE
                            + " does not exist (cure: turn virtualisation on in the firmware, or"
                            + " nested virtualisation on the host of this machine, and modprobe"
                            + " kvm_intel or kvm_amd)");
        }
        if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
            return new HostKvm.Absent(
                    DEVICE
                            + " may not be opened by this user (cure: run vmcp as root or as a"
                            + " member of the device's group)");
        }
        return hardware() ? new HostKvm.Full() : new HostKvm.Limited();
    }

    /// Read once: a CPU does not change, and the file is long on large machines.
    private static final class Cpu {
        private static final boolean VIRTUALISES = virtualises();

        private static boolean virtualises() {
            try {
                return HARDWARE.matcher(Files.readString(CPU)).find();
            } catch (IOException e) {
                return false;
            }
        }
    }

    /// The group that lets a process of another user open the device; empty when any user may.
    ///
    /// @throws IOException when neither does
    public static Optional<Integer> deviceGroup() throws IOException {
        var permissions = Files.getPosixFilePermissions(DEVICE);
        if (permissions.contains(PosixFilePermission.OTHERS_READ)
                && permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            return Optional.empty();
        }
        var group = (int) Files.getAttribute(DEVICE, "unix:gid");
        if (group != 0
                && permissions.contains(PosixFilePermission.GROUP_READ)
                && permissions.contains(PosixFilePermission.GROUP_WRITE)) {
            return Optional.of(group);
        }
        throw new IOException(
                DEVICE
                        + " opens only for root, and VMs run as users of their own (cure: groupadd"
                        + " -f kvm; chgrp kvm "
                        + DEVICE
                        + "; chmod 660 "
                        + DEVICE
                        + ")");
    }
}
