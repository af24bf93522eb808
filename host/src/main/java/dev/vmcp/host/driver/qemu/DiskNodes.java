package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec.Disk;
import java.util.LinkedHashMap;
import java.util.Map;

/// The block nodes behind a disk: one of the file, one of its format.
///
/// The format is never guessed: a guest can write a qcow2 header that names a file of the host into
/// its raw disk.
final class DiskNodes {

    private DiskNodes() {}

    static String fileName(String name) {
        return "f-" + name;
    }

    static String formatName(String name) {
        return "d-" + name;
    }

    /// @param set the number of the set of descriptors that QEMU has the file in
    /// @param block whether it is a block device
    static Map<String, Object> file(Disk disk, String name, long set, boolean block) {
        var node = new LinkedHashMap<String, Object>();
        node.put("driver", block ? "host_device" : "file");
        node.put("node-name", fileName(name));
        node.put("filename", "/dev/fdset/" + set);
        node.put("discard", "unmap");
        limits(node, disk);
        return node;
    }

    static Map<String, Object> format(Disk disk, String name) {
        var node = new LinkedHashMap<String, Object>();
        node.put("driver", DiskArguments.isQcow2(disk) ? "qcow2" : "raw");
        node.put("node-name", formatName(name));
        node.put("file", fileName(name));
        limits(node, disk);
        return node;
    }

    private static void limits(Map<String, Object> node, Disk disk) {
        var cache = disk.options().getOrDefault("cache", "writeback");
        node.put("read-only", disk.readOnly());
        node.put(
                "cache",
                Map.of("direct", cache.equals("none"), "no-flush", cache.equals("unsafe")));
    }
}
