package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec;
import java.util.ArrayList;
import java.util.List;

/// QEMU's machine types that we use: the small fast one, and the one that has everything.
enum Machine {
    MICROVM("microvm"),
    Q35("q35");

    /// The virtio transports of a microvm with ACPI, in QEMU 7.2.
    private static final int MICROVM_DEVICES = 24;

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
                        || !beyondMicrovm(spec).isEmpty();
        return more ? Q35 : MICROVM;
    }

    /// What was asked for and its machine type does not have.
    static List<Violation> lacking(VmSpec spec) {
        return wish(spec).equals(MICROVM.word) ? beyondMicrovm(spec) : List.of();
    }

    /// Whether the guest is to have a screen.
    static boolean screen(VmSpec spec) {
        return spec.boot().options().getOrDefault("vnc", "").equals("on");
    }

    private static String wish(VmSpec spec) {
        return spec.boot().options().getOrDefault("machine", "");
    }

    /// What of `spec` a microvm cannot do.
    private static List<Violation> beyondMicrovm(VmSpec spec) {
        var found = new ArrayList<Violation>();
        if (spec.cpu().max() > spec.cpu().count()) {
            found.add(beyond("config.cpu.max_vcpu_count", spec.cpu().max()));
        }
        if (spec.memory().hotplug()) {
            found.add(beyond("config.memory.hotplug_enabled", true));
        }
        if (spec.memory().maxBytes() > spec.memory().bytes()) {
            found.add(beyond("config.memory.max_size_bytes", spec.memory().maxBytes()));
        }
        if (screen(spec)) {
            found.add(beyond("config.boot.boot_options[vnc]", "on"));
        }
        for (var i = 0; i < spec.disks().size(); i++) {
            var type = spec.disks().get(i).interfaceType();
            if (!type.isEmpty() && !type.equals("virtio-blk")) {
                found.add(beyond("config.storage[" + i + "].interface_type", type));
            }
        }
        for (var i = 0; i < spec.nics().size(); i++) {
            var type = spec.nics().get(i).interfaceType();
            if (!type.isEmpty() && !type.equals("virtio-net")) {
                found.add(beyond("config.network[" + i + "].interface_type", type));
            }
        }
        var devices = spec.disks().size() + spec.nics().size();
        if (devices > MICROVM_DEVICES) {
            found.add(beyond("config.storage", devices + " devices with those of config.network"));
        }
        return found;
    }

    private static Violation beyond(String field, Object value) {
        return Violation.of(field, value, "what machine type microvm has; q35 has more");
    }
}
