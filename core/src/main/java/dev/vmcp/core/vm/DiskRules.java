package dev.vmcp.core.vm;

import dev.vmcp.core.vm.VmSpec.Disk;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Storage devices, each alone and all together.
final class DiskRules {

    private static final Set<String> INTERFACES = Set.of("", "virtio-blk", "scsi", "ide", "nvme");

    private DiskRules() {}

    static void check(List<Disk> all, Objections objections) {
        var disks = DeviceForm.bounded(all, "config.storage", objections);
        var ids = new DeviceForm(objections);
        for (var i = 0; i < disks.size(); i++) {
            one(disks.get(i), at(i), ids, objections);
        }
        writtenByOne(disks, objections);
        oneRoot(disks, objections);
    }

    private static void one(Disk disk, String at, DeviceForm ids, Objections objections) {
        var id = disk.id();
        if (!id.isEmpty()
                && objections.require(
                        DeviceForm.id(id), at + ".id", id, "empty, or " + DeviceForm.ID_EXPECTED)) {
            ids.once(id, at + ".id", id);
        }
        objections.require(TextForm.path(disk.path()), at + ".path", disk.path(), TextForm.PATH);
        objections.require(
                INTERFACES.contains(disk.interfaceType()),
                at + ".interface_type",
                disk.interfaceType(),
                "empty, virtio-blk, scsi, ide or nvme");
    }

    /// A file may be named twice only when nobody writes it.
    private static void writtenByOne(List<Disk> disks, Objections objections) {
        var first = new HashMap<String, Integer>();
        var writable = new HashSet<String>();
        for (var disk : disks) {
            if (!disk.readOnly()) {
                writable.add(disk.path());
            }
        }
        for (var i = 0; i < disks.size(); i++) {
            var path = disks.get(i).path();
            var before = first.putIfAbsent(path, i);
            if (before != null && TextForm.path(path) && writable.contains(path)) {
                objections.require(
                        false,
                        at(i) + ".path",
                        path,
                        "another than that of " + at(before) + ", or both read_only");
            }
        }
    }

    private static void oneRoot(List<Disk> disks, Objections objections) {
        var first = -1;
        for (var i = 0; i < disks.size(); i++) {
            if (!disks.get(i).root()) {
                continue;
            }
            objections.require(
                    first < 0,
                    at(i) + ".is_root_device",
                    true,
                    "false: " + at(Math.max(first, 0)) + " is the root device");
            first = first < 0 ? i : first;
        }
    }

    static String at(int index) {
        return "config.storage[" + index + "]";
    }

    /// Every path of the spec that a VM reads or writes, by its field.
    static Map<String, String> paths(VmSpec spec) {
        var paths = new HashMap<String, String>();
        paths.put(spec.boot().kernel(), "config.boot.kernel_path");
        paths.put(spec.boot().initrd(), "config.boot.initrd_path");
        for (var i = 0; i < spec.disks().size(); i++) {
            paths.put(spec.disks().get(i).path(), at(i) + ".path");
        }
        return paths;
    }
}
