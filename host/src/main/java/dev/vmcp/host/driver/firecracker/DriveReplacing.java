package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Replacing;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.vmm.RestClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.Map;

/// Gives a drive of a guest that runs another file. The guest sees its size change.
///
/// A jailed Firecracker cannot see mounts made after it was jailed, so the file comes in by a
/// second name of it and must lie in the file system of the data directory.
record DriveReplacing(VmSpec spec, Quarters quarters, RestClient api) implements Replacing {

    @Override
    public void replace(VmSpec.Disk disk, Deadline deadline) {
        var index = index(disk);
        var before = spec.disks().get(index);
        if (before.readOnly() != disk.readOnly()) {
            throw new DriverException(
                    Kind.REFUSED, "Firecracker keeps a drive read-only or writable as it began");
        }
        try {
            var id = Configuration.disk(index);
            var name = quarters.lendNow(disk, free(id));
            api.patch("/drives/" + id, Map.of("drive_id", id, "path_on_host", name), deadline);
        } catch (IOException e) {
            throw new DriverException(Kind.HOST, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void replace(VmSpec.Nic nic, Deadline deadline) {
        throw new DriverException(
                Kind.REFUSED,
                "Firecracker keeps a network interface on the TAP that it began with");
    }

    private int index(VmSpec.Disk disk) {
        for (var i = 0; i < spec.disks().size(); i++) {
            if (spec.disks().get(i).id().equals(disk.id())) {
                return i;
            }
        }
        throw new DriverException(Kind.REFUSED, "there is no disk " + disk.id());
    }

    /// A name that this drive has not had yet.
    private String free(String id) {
        var count = 1;
        while (Files.exists(quarters.root().resolve(id + "." + count), LinkOption.NOFOLLOW_LINKS)) {
            count++;
        }
        return id + "." + count;
    }
}
