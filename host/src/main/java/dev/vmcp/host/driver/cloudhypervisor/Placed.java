package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.vmm.Lending;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where the VMM finds the user's files: under names in the launch's directory, since it opens them
/// again when the guest reboots, and may open nothing else once it is confined.
///
/// @param disks by the ids of the disks
record Placed(String kernel, String initrd, Map<String, String> disks) {

    Placed {
        disks = Map.copyOf(disks);
    }

    static Placed of(VmSpec spec, Launch launch, FileAccess files) throws IOException {
        var lending = new Lending(files, launch, launch.uid());
        var disks = new HashMap<String, String>();
        for (var i = 0; i < spec.disks().size(); i++) {
            var disk = spec.disks().get(i);
            var target = launch.directory().resolve("disk" + i);
            lending.disk(disk, target);
            disks.put(disk.id(), target.toString());
        }
        return new Placed(
                image(spec.boot().kernel(), "kernel", lending),
                image(spec.boot().initrd(), "initrd", lending),
                disks);
    }

    private static String image(String file, String name, Lending lending) throws IOException {
        if (file.isEmpty()) {
            return "";
        }
        var target = lending.launch().directory().resolve(name);
        lending.image(Path.of(file), target);
        return target.toString();
    }

    /// For a VMM that opens all files by itself.
    static Placed asIs(VmSpec spec) {
        var disks = new HashMap<String, String>();
        spec.disks().forEach(disk -> disks.put(disk.id(), disk.path()));
        return new Placed(spec.boot().kernel(), spec.boot().initrd(), disks);
    }

    /// Of a disk that is plugged in while the guest runs.
    static Placed plugged(VmSpec.Disk disk, Launch launch, FileAccess files) throws IOException {
        var name = "plugged-" + Long.toHexString(System.nanoTime());
        var target = launch.directory().resolve(name);
        new Lending(files, launch, launch.uid()).disk(disk, target);
        return new Placed("", "", Map.of(disk.id(), target.toString()));
    }

    String disk(VmSpec.Disk disk) {
        return Optional.ofNullable(disks.get(disk.id()))
                .orElseThrow(() ->
                        new IllegalStateException("disk: " + disk.id() + " (expected: placed)"));
    }
}
