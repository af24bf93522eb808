package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.Options;
import java.util.Locale;
import java.util.stream.Stream;

/// What a benchmark runs its guests on.
///
/// @param name the driver's
/// @param jailed counts for Firecracker only
record Backend(String name, boolean jailed) {

    /// The kinds of VMM that a benchmark can compare with a raw exec.
    enum Vmm {
        QEMU,
        FIRECRACKER,
        CLOUDHYPERVISOR,
        MVISOR
    }

    static final Backend QEMU = new Backend("qemu", false);

    /// As `--backend` and `--jailer 0` say; QEMU and jailed where they say nothing.
    static Backend of(Options options) {
        var names =
                Stream.of(Vmm.values()).map(vmm -> vmm.name().toLowerCase(Locale.ROOT)).toList();
        var name = options.choice("backend", QEMU.name, names);
        var jailed = name.equals("firecracker") && options.count("jailer", 1) != 0;
        return new Backend(name, jailed);
    }

    Vmm vmm() {
        return Vmm.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /// Its firmware needs some, too.
    long memoryBytes() {
        return vmm() == Vmm.MVISOR ? 32 << 20 : 16 << 20;
    }

    @Override
    public String toString() {
        return vmm() != Vmm.FIRECRACKER
                ? name
                : name + (jailed ? " under its jailer" : " without its jailer");
    }
}
