package dev.vmcp.host.doctor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.regex.Pattern;

/// Whether KVM opens, and what kind of guests it runs.
///
/// @param device usually `/dev/kvm`
/// @param cpu usually `/proc/cpuinfo`
public record LookAtKvm(Path device, Path cpu) implements Look {
    private static final Pattern HARDWARE = Pattern.compile("(?m)^flags\\s*:.*\\b(vmx|svm)\\b");
    private static final String SLOW = "QEMU emulates (TCG): slow, and no other hypervisor runs";

    @Override
    public List<Finding> findings() {
        try (var _ = FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return closedToVms() ? List.of(hardware(), rootOnly()) : List.of(hardware());
        } catch (NoSuchFileException e) {
            return List.of(
                    Finding.limited(
                            "kvm",
                            device + " does not exist; " + SLOW,
                            "switch on virtualisation in the firmware (or nesting in the outer"
                                    + " hypervisor), then: modprobe kvm_intel || modprobe kvm_amd"));
        } catch (IOException e) {
            return List.of(
                    Finding.limited(
                            "kvm",
                            device + " may not be opened by this user; " + SLOW,
                            "usermod -aG kvm $(id -un), then log in again"));
        }
    }

    /// Whether only root may open the device, though each VM gets a user of its own from a host
    /// that is root.
    private boolean closedToVms() throws IOException {
        var permissions = Files.getPosixFilePermissions(device);
        var group = permissions.contains(PosixFilePermission.GROUP_WRITE);
        var others = permissions.contains(PosixFilePermission.OTHERS_WRITE);
        return !others && !(group && !Files.getAttribute(device, "unix:gid").equals(0));
    }

    private Finding rootOnly() {
        return Finding.limited(
                "kvm",
                device + " opens only for root, and VMs of a host that is root run as others",
                "groupadd -f kvm; chgrp kvm " + device + "; chmod 660 " + device);
    }

    private Finding hardware() {
        String flags;
        try {
            flags = Files.readString(cpu);
        } catch (IOException e) {
            flags = "";
        }
        var found = HARDWARE.matcher(flags);
        return found.find()
                ? Finding.good(
                        "kvm", device + " opens, the CPU has " + found.group(1) + ": any guest")
                : Finding.limited(
                        "kvm",
                        device
                                + " opens, but the CPU shows neither vmx nor svm: it runs only"
                                + " guests made for it, and QEMU emulates all others (TCG)",
                        "for speed, run vmcp where the CPU virtualises in hardware");
    }
}
