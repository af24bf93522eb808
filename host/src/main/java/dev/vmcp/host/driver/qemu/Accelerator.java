package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// KVM or TCG, and why.
///
/// A `/dev/kvm` that opens is not enough: where the CPU shows neither vmx nor svm, KVM interprets
/// or paravirtualises, and ordinary kernels do not come up.
record Accelerator(Kind kind, String why) {

    enum Kind {
        KVM,
        TCG;

        String word() {
            return this == KVM ? "kvm" : "tcg";
        }
    }

    static final String VARIABLE = "VMCP_QEMU_ACCEL";
    static final Path DEVICE = Path.of("/dev/kvm");

    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final Pattern HARDWARE = Pattern.compile("(?m)^flags\\s*:.*\\b(vmx|svm)\\b");

    /// For a VM: its own wish first, then the host's.
    static Accelerator of(VmSpec spec, Map<String, String> environment) {
        var wish = spec.boot().options().get("accel");
        return wish == null
                ? ofHost(environment)
                : named(wish, "asked for by boot_options[accel]")
                        .orElseGet(() -> ofHost(environment));
    }

    static Accelerator ofHost(Map<String, String> environment) {
        var wish = environment.getOrDefault(VARIABLE, "");
        return named(wish, "asked for by " + VARIABLE).orElseGet(Accelerator::found);
    }

    /// Whether the CPU virtualises in hardware, so that KVM runs any guest and `-cpu host` works.
    static boolean hardware() {
        return Cpu.VIRTUALISES;
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
    static Optional<Integer> deviceGroup() throws IOException {
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

    private static Optional<Accelerator> named(String word, String why) {
        return switch (word) {
            case "kvm" -> Optional.of(new Accelerator(Kind.KVM, why));
            case "tcg" -> Optional.of(new Accelerator(Kind.TCG, why));
            default -> Optional.empty();
        };
    }

    private static Accelerator found() {
        if (!Files.exists(DEVICE)) {
            return new Accelerator(Kind.TCG, DEVICE + " does not exist; guests run slowly");
        }
        if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
            return new Accelerator(
                    Kind.TCG, DEVICE + " may not be opened by this user; guests run slowly");
        }
        return hardware()
                ? new Accelerator(Kind.KVM, DEVICE + " opens and the CPU has vmx or svm")
                : new Accelerator(
                        Kind.TCG,
                        DEVICE
                                + " opens but the CPU shows neither vmx nor svm, so it runs only"
                                + " guests made for it; guests run slowly");
    }
}
