package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec.Disk;
import dev.vmcp.host.vmm.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The block nodes behind a disk: of each of its files one of the file and one of its format, and
/// those of an image stand on those of its backing file. So QEMU opens nothing that an image names.
///
/// The format is never guessed: a guest can write a qcow2 header that names a file of the host into
/// its raw disk.
final class DiskNodes {

    /// A file that QEMU has in a set of descriptors.
    ///
    /// @param block whether it is a block device
    record InSet(long set, boolean qcow2, boolean block) {}

    private final Disk disk;
    private final String name;

    DiskNodes(Disk disk, String name) {
        this.disk = disk;
        this.name = name;
    }

    /// The node that the device of the disk takes.
    static String top(String name) {
        return "d-" + name;
    }

    /// Whether `node` is one of those behind the disk of this name.
    static boolean behind(String name, String node) {
        return node.endsWith("-" + name);
    }

    /// In the order in which they can be made.
    ///
    /// @param files that of the disk first, then each that the one before it stands on
    List<Map<String, Object>> of(List<InSet> files) {
        var nodes = new ArrayList<Map<String, Object>>();
        for (var depth = files.size() - 1; depth >= 0; depth--) {
            var file = files.get(depth);
            var below = node("f", depth, file.block() ? "host_device" : "file");
            below.put("filename", "/dev/fdset/" + file.set());
            below.put("discard", "unmap");
            var above = node("d", depth, file.qcow2() ? "qcow2" : "raw");
            above.put("file", id("f", depth));
            if (file.qcow2()) {
                above.put(
                        "backing",
                        depth + 1 < files.size() ? id("d", depth + 1) : Json.Nothing.NULL);
            }
            nodes.add(below);
            nodes.add(above);
        }
        return nodes;
    }

    private String id(String kind, int depth) {
        return kind + (depth == 0 ? "" : depth) + "-" + name;
    }

    private Map<String, Object> node(String kind, int depth, String driver) {
        var cache = disk.options().getOrDefault("cache", "writeback");
        var node = new LinkedHashMap<String, Object>();
        node.put("driver", driver);
        node.put("node-name", id(kind, depth));
        node.put("read-only", disk.readOnly() || depth > 0);
        node.put(
                "cache",
                Map.of("direct", cache.equals("none"), "no-flush", cache.equals("unsafe")));
        return node;
    }
}
