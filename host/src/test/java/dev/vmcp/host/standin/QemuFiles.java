package dev.vmcp.host.standin;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.standin.QmpMonitor.Refused;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What a QEMU has open: sets of descriptors, the block nodes that read them, and TAPs.
final class QemuFiles {

    private static final String SET = "/dev/fdset/";
    private static final long AFTERWARDS = TimeUnit.MILLISECONDS.toNanos(20);

    /// @param file the file of a node that reads a set; none for a node above another
    /// @param under the node below; empty for none
    /// @param backing the node that shows where this one has nothing; empty for none
    private record Node(@Nullable RandomAccessFile file, String under, String backing) {

        boolean standsOn(String name) {
            return under.equals(name) || backing.equals(name);
        }
    }

    private final Map<Long, Integer> sets = new HashMap<>();
    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, Integer> taps = new HashMap<>();

    /// The nodes that a device has.
    private final Set<String> used = ConcurrentHashMap.newKeySet();

    /// @param arguments of the command line, whose sets are numbered by themselves
    QemuFiles(Arguments arguments) {
        for (var one : arguments.every("-add-fd")) {
            var descriptor = Integer.parseInt(Arguments.value(one, "fd").orElseThrow());
            sets.put(Long.valueOf(Arguments.value(one, "set").orElseThrow()), descriptor);
        }
    }

    Map<String, Object> addSet(int descriptor) {
        var id = 0L;
        while (sets.containsKey(id)) {
            id++;
        }
        sets.put(id, descriptor);
        return Map.of("fdset-id", id, "fd", (long) descriptor);
    }

    void removeSet(Object id) throws Refused {
        var descriptor = sets.remove(id instanceof Long number ? number : -1L);
        if (descriptor == null) {
            throw new Refused("File descriptor named 'fdset-id:" + id + "' has not been found");
        }
        Descriptors.close(descriptor);
    }

    void addNode(QmpMonitor.Command command) throws IOException {
        var name = command.text("node-name");
        if (nodes.containsKey(name)) {
            throw new Refused("Duplicate nodes with node-name='" + name + "'");
        }
        var under = command.text("file");
        if (!under.isEmpty() && !nodes.containsKey(under)) {
            throw new Refused("Cannot find device='' nor node-name='" + under + "'");
        }
        var backing = command.text("backing");
        if (!backing.isEmpty() && !nodes.containsKey(backing)) {
            throw new Refused("Cannot find device='' nor node-name='" + backing + "'");
        }
        nodes.put(name, new Node(under.isEmpty() ? opened(command) : null, under, backing));
    }

    private RandomAccessFile opened(QmpMonitor.Command command) throws IOException {
        var name = command.text("filename");
        var descriptor =
                name.startsWith(SET) ? sets.get(Long.valueOf(name.substring(SET.length()))) : null;
        if (descriptor == null) {
            throw new Refused("Could not open '" + name + "': No such file or directory");
        }
        var mode = Boolean.TRUE.equals(command.arguments().get("read-only")) ? "r" : "rw";
        return new RandomAccessFile("/proc/self/fd/" + descriptor, mode);
    }

    void removeNode(String name) throws IOException {
        var node = nodes.get(name);
        if (node == null) {
            throw new Refused("Failed to find node with node-name='" + name + "'");
        }
        if (used.contains(name)
                || nodes.values().stream().anyMatch(other -> other.standsOn(name))) {
            throw new Refused("Node " + name + " is in use");
        }
        nodes.remove(name);
        if (node.file != null) {
            node.file.close();
        }
    }

    void use(String node) throws Refused {
        if (!nodes.containsKey(node)) {
            throw new Refused("Property 'virtio-blk-device.drive' can't find value '" + node + "'");
        }
        if (!used.add(node)) {
            throw new Refused("Drive '" + node + "' is already in use by another block device");
        }
    }

    /// A device that is gone keeps its node some moments longer.
    void release(String node) {
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    LockSupport.parkNanos(AFTERWARDS);
                    used.remove(node);
                });
    }

    List<Map<String, Object>> nodes() {
        return nodes.keySet().stream()
                .map(name -> Map.<String, Object>of("node-name", name))
                .toList();
    }

    void addTap(String id, int descriptor) throws Refused {
        if (taps.putIfAbsent(id, descriptor) != null) {
            throw new Refused("Duplicate ID '" + id + "' for netdev");
        }
    }

    void removeTap(String id) throws Refused {
        var descriptor = taps.remove(id);
        if (descriptor == null) {
            throw new Refused("DeviceNotFound", "Device '" + id + "' not found");
        }
        Descriptors.close(descriptor);
    }

    boolean hasTap(String id) {
        return taps.containsKey(id);
    }
}
