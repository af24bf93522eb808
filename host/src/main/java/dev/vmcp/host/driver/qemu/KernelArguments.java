package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.RootArgument;

/// The kernel's arguments: the user's, and `root=` when they have none and there is a root disk.
final class KernelArguments {

    private KernelArguments() {}

    static String of(VmSpec spec) {
        return RootArgument.added(spec.boot().args(), spec, KernelArguments::device);
    }

    private static String device(VmSpec.Disk disk) {
        return switch (disk.interfaceType()) {
            case "scsi", "ide" -> "/dev/sda";
            case "nvme" -> "/dev/nvme0n1";
            default -> "/dev/vda";
        };
    }
}
