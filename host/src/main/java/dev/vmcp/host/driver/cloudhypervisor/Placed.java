package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.vmm.Traces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where the VMM finds the user's files: in place where it runs as ourselves, else lent to it under
/// names in the launch's directory. What is plugged in later is always lent, since the VMM may open
/// nothing else by then.
///
/// @param disks by the ids of the disks
record Placed(String kernel, String initrd, Map<String, String> disks) {

    Placed {
        disks = Map.copyOf(disks);
    }

    static Placed of(VmSpec spec, Launch launch) throws IOException {
        var disks = new HashMap<String, String>();
        for (var i = 0; i < spec.disks().size(); i++) {
            var disk = spec.disks().get(i);
            disks.put(disk.id(), at(launch, disk.path(), "disk" + i, !disk.readOnly()));
        }
        return new Placed(
                at(launch, spec.boot().kernel(), "kernel", false),
                at(launch, spec.boot().initrd(), "initrd", false),
                disks);
    }

    /// For a VMM that opens all files by itself.
    static Placed asIs(VmSpec spec) {
        var disks = new HashMap<String, String>();
        spec.disks().forEach(disk -> disks.put(disk.id(), disk.path()));
        return new Placed(spec.boot().kernel(), spec.boot().initrd(), disks);
    }

    /// Of a disk that is plugged in while the guest runs.
    static Placed lent(VmSpec.Disk disk, Launch launch) throws IOException {
        var name = "plugged-" + Long.toHexString(System.nanoTime());
        return new Placed(
                "", "", Map.of(disk.id(), lent(launch, disk.path(), name, !disk.readOnly())));
    }

    String disk(VmSpec.Disk disk) {
        return Optional.ofNullable(disks.get(disk.id()))
                .orElseThrow(() ->
                        new IllegalStateException("disk: " + disk.id() + " (expected: placed)"));
    }

    private static String at(Launch launch, String file, String name, boolean writable)
            throws IOException {
        return file.isEmpty() || launch.uid() == 0 ? file : lent(launch, file, name, writable);
    }

    private static String lent(Launch launch, String file, String name, boolean writable)
            throws IOException {
        var target = launch.directory().resolve(name);
        new Traces(launch.directory()).lend(Path.of(file), target, launch.uid(), writable);
        return target.toString();
    }
}
