package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.Kvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

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
    private static final Path DEVICE = Kvm.DEVICE;

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
        return Kvm.hardware()
                ? new Accelerator(Kind.KVM, DEVICE + " opens and the CPU has vmx or svm")
                : new Accelerator(
                        Kind.TCG,
                        DEVICE
                                + " opens but the CPU shows neither vmx nor svm, so it runs only"
                                + " guests made for it; guests run slowly");
    }
}
