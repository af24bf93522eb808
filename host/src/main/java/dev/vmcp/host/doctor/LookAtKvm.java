package dev.vmcp.host.doctor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
            return List.of(hardware());
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
