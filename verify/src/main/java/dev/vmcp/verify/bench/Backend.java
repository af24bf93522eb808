package dev.vmcp.verify.bench;

import java.util.Locale;

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
    static Backend of(Arguments arguments) {
        var name = arguments.word("backend", QEMU.name);
        var jailed = name.equals("firecracker") && arguments.number("jailer", 1) != 0;
        var backend = new Backend(name, jailed);
        var _ = backend.vmm();
        return backend;
    }

    /// @throws IllegalArgumentException when there is no such VMM
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
