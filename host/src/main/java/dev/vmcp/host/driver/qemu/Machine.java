package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.VirtioOnly;

/// QEMU's machine types that we use: the small fast one, and the one that has everything.
enum Machine {
    MICROVM("microvm"),
    Q35("q35");

    /// The virtio transports of a microvm with ACPI, in QEMU 7.2.
    private static final int MICROVM_DEVICES = 24;

    private static final String Q35_HAS_MORE = " on machine type microvm; q35 has more";

    private final String word;

    Machine(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /// The one that was asked for, else the smallest that does.
    ///
    /// Linux on a microvm has no clock but a TSC that it calibrates at start. KVM tells it the
    /// frequency; under TCG on a busy host the calibration fails and Linux hangs.
    static Machine of(VmSpec spec, Accelerator.Kind accelerator) {
        var wish = wish(spec);
        if (wish.equals(MICROVM.word)) {
            return MICROVM;
        }
        var more =
                wish.equals(Q35.word)
                        || accelerator == Accelerator.Kind.TCG
                        || !beyondMicrovm(spec).none();
        return more ? Q35 : MICROVM;
    }

    /// What was asked for and its machine type does not have.
    static SpecFindings lacking(VmSpec spec) {
        return wish(spec).equals(MICROVM.word) ? beyondMicrovm(spec) : SpecFindings.NONE;
    }

    /// Whether the guest is to have a screen.
    static boolean screen(VmSpec spec) {
        return spec.boot().options().getOrDefault("vnc", "").equals("on");
    }

    private static String wish(VmSpec spec) {
        return spec.boot().options().getOrDefault("machine", "");
    }

    /// What of `spec` a microvm cannot do.
    private static SpecFindings beyondMicrovm(VmSpec spec) {
        var objections = new Objections();
        var cpu = spec.cpu();
        objections.requireSupported(
                cpu.max() <= cpu.count(),
                "config.cpu.max_vcpu_count",
                cpu.max(),
                "at most vcpu_count" + Q35_HAS_MORE);
        var memory = spec.memory();
        objections.requireSupported(
                !memory.hotplug(), "config.memory.hotplug_enabled", true, "false" + Q35_HAS_MORE);
        objections.requireSupported(
                memory.maxBytes() <= memory.bytes(),
                "config.memory.max_size_bytes",
                memory.maxBytes(),
                "at most size_bytes" + Q35_HAS_MORE);
        objections.requireSupported(
                !screen(spec), "config.boot.boot_options[vnc]", "on", "off" + Q35_HAS_MORE);
        VirtioOnly.check(spec, MICROVM_DEVICES, objections);
        return objections.findings();
    }
}
