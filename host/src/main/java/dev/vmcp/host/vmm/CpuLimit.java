package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.VmSpec;

/// How many virtual CPUs a backend gives a guest that may get more while it runs.
public final class CpuLimit {

    private CpuLimit() {}

    /// Objects to more than `most`, by the field that asks for them.
    public static void check(VmSpec.Cpu cpu, int most, Objections objections) {
        objections.requireSupported(
                cpu.most() <= most,
                cpu.max() == cpu.most() ? "config.cpu.max_vcpu_count" : "config.cpu.vcpu_count",
                cpu.most(),
                "at most " + most);
    }
}
