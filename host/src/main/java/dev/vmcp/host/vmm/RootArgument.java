package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.VmSpec;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What `is_root_device` means: the disk comes first, and the kernel is told of it where its own
/// arguments name no root.
public final class RootArgument {

    private static final Pattern ROOT = Pattern.compile("(^|\\s)root=");

    private RootArgument() {}

    /// The kernel's arguments: `own`, and `root=` when they have none and there is a root disk.
    ///
    /// @param device how the guest names the root disk
    public static String added(String own, VmSpec spec, Function<VmSpec.Disk, String> device) {
        if (ROOT.matcher(own).find()) {
            return own;
        }
        return spec.disks().stream()
                .filter(VmSpec.Disk::root)
                .findFirst()
                .map(disk -> "root=" + device.apply(disk) + (disk.readOnly() ? " ro" : " rw"))
                .map(root -> own.isEmpty() ? root : own + " " + root)
                .orElse(own);
    }

    /// All disks, the root disk first.
    public static List<VmSpec.Disk> ordered(VmSpec spec) {
        return Stream.concat(
                        spec.disks().stream().filter(VmSpec.Disk::root),
                        spec.disks().stream().filter(disk -> !disk.root()))
                .toList();
    }
}
