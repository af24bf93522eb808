package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.BackingChain;
import dev.vmcp.host.vmm.CpuLimit;
import dev.vmcp.host.vmm.HugePages;
import dev.vmcp.host.vmm.KernelFormat;
import dev.vmcp.host.vmm.VirtioOnly;
import java.util.EnumSet;

/// What of a spec Cloud Hypervisor refuses.
final class ChCheck {

    /// What Cloud Hypervisor can count for its interrupt controllers without x2APIC tricks.
    private static final int MOST_VCPUS = 255;

    /// One PCI segment has 32 places, of which the machine itself takes some.
    private static final int MOST_DEVICES = 28;

    private ChCheck() {}

    static SpecFindings of(VmSpec spec) {
        var objections = new Objections();
        CpuLimit.check(spec.cpu(), MOST_VCPUS, objections);
        HugePages.check(spec.memory(), objections);
        KernelFormat.check(
                spec.boot(), EnumSet.of(KernelFormat.ELF, KernelFormat.BZIMAGE), objections);
        VirtioOnly.check(spec, MOST_DEVICES, objections);
        for (var i = 0; i < spec.disks().size(); i++) {
            var disk = spec.disks().get(i);
            if (VmConfig.isQcow2(disk)) {
                BackingChain.checkAlone(disk.path(), "config.storage[" + i + "].path", objections);
            }
        }
        VirtioOnly.serialConsole(spec, objections);
        return objections.findings();
    }
}
