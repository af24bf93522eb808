package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Replacing;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.RestClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;

/// Gives devices of a guest that runs other limits, and a drive another file: the guest sees its
/// size change.
///
/// A jailed Firecracker cannot see mounts made after it was jailed, so the file comes in by a
/// second name of it and must lie in the file system of the data directory.
record DeviceReplacing(VmSpec spec, Quarters quarters, RestClient api) implements Replacing {

    @Override
    public void replace(VmSpec.Disk disk, Deadline deadline) {
        var index = index(spec.disks(), VmSpec.Disk::id, disk.id());
        var before = spec.disks().get(index);
        if (before.readOnly() != disk.readOnly()) {
            throw new DriverException(
                    Kind.NOT_NOW,
                    "Firecracker keeps a drive read-only or writable as it began; shut it down"
                            + " first");
        }
        try {
            var id = Configuration.disk(index);
            var name = quarters.lendNow(disk, free(id));
            var body = new LinkedHashMap<String, Object>(RateLimits.of(disk));
            body.put("drive_id", id);
            body.put("path_on_host", name);
            api.patch("/drives/" + id, body, deadline);
        } catch (IOException e) {
            throw HostFault.of(e);
        }
    }

    @Override
    public void replace(VmSpec.Nic nic, Deadline deadline) {
        var index = index(spec.nics(), VmSpec.Nic::id, nic.id());
        var before = spec.nics().get(index);
        if (!before.tap().equals(nic.tap()) || !before.mac().equals(nic.mac())) {
            throw new DriverException(
                    Kind.NOT_NOW,
                    "Firecracker keeps a network interface on the TAP and with the address that it"
                            + " began with: only its limits change; shut it down first");
        }
        var id = Configuration.nic(index);
        var body = new LinkedHashMap<String, Object>(RateLimits.of(nic));
        body.put("iface_id", id);
        api.patch("/network-interfaces/" + id, body, deadline);
    }

    private static <T> int index(List<T> devices, Function<T, String> id, String wanted) {
        for (var i = 0; i < devices.size(); i++) {
            if (id.apply(devices.get(i)).equals(wanted)) {
                return i;
            }
        }
        throw new DriverException(Kind.REFUSED, "there is no device " + wanted);
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
