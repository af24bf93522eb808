package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.VmSpec;
import java.util.Optional;
import java.util.regex.Pattern;

/// The kernel's arguments: the user's, and `root=` when they have none and there is a root disk.
public final class KernelArguments {

    private static final Pattern ROOT = Pattern.compile("(^|\\s)root=");

    private KernelArguments() {}

    public static String of(VmSpec spec) {
        var own = spec.boot().args();
        if (ROOT.matcher(own).find()) {
            return own;
        }
        var root = root(spec);
        if (root.isEmpty()) {
            return own;
        }
        return own.isEmpty() ? root.get() : own + " " + root.get();
    }

    private static Optional<String> root(VmSpec spec) {
        return spec.disks().stream()
                .filter(VmSpec.Disk::root)
                .findFirst()
                .map(disk -> "root=" + device(disk) + (disk.readOnly() ? " ro" : " rw"));
    }

    private static String device(VmSpec.Disk disk) {
        return switch (disk.interfaceType()) {
            case "scsi", "ide" -> "/dev/sda";
            case "nvme" -> "/dev/nvme0n1";
            default -> "/dev/vda";
        };
    }
}
