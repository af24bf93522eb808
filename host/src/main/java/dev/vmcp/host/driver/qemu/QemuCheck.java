package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.CpuLimit;
import dev.vmcp.host.vmm.HugePages;
import dev.vmcp.host.vmm.KernelFormat;
import dev.vmcp.host.vmm.VirtioOnly;
import java.util.EnumSet;

/// What of a spec QEMU refuses: formats, and what no machine type of it has.
final class QemuCheck {

    private static final int MOST_VCPUS = 288;
    private static final int MOST_IDE = 6;

    private QemuCheck() {}

    static SpecFindings of(VmSpec spec) {
        var objections = new Objections();
        CpuLimit.check(spec.cpu(), MOST_VCPUS, objections);
        HugePages.check(spec.memory(), objections);
        KernelFormat.check(
                spec.boot(), EnumSet.of(KernelFormat.ELF, KernelFormat.BZIMAGE), objections);
        ideDisks(spec, objections);
        VirtioOnly.serialConsole(spec, objections);
        return objections.findings().and(Machine.lacking(spec));
    }

    private static void ideDisks(VmSpec spec, Objections objections) {
        var count = 0;
        for (var i = 0; i < spec.disks().size(); i++) {
            var disk = spec.disks().get(i);
            if (disk.interfaceType().equals("ide")) {
                var field = "config.storage[" + i + "]";
                objections.requireSupported(
                        ++count <= MOST_IDE,
                        field + ".interface_type",
                        "ide",
                        "at most " + MOST_IDE + " such disks");
                objections.requireSupported(
                        !disk.readOnly(),
                        field + ".read_only",
                        true,
                        "false, for an IDE disk cannot be");
            }
        }
    }
}
