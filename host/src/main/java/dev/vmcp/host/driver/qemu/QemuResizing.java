package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Resizing;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.vmm.HugePages;
import dev.vmcp.host.vmm.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Virtual CPUs and memory that come and go while the guest runs: CPUs into the sockets that it was
/// started with, memory as DIMMs, of the kind that it was started with. What the guest started with
/// stays; what cannot go as a whole does not begin to.
final class QemuResizing implements Resizing {

    private static final String CPU = "cpu-";
    private static final String DIMM = "dimm";
    private static final String MEMORY = "mem";
    private static final int SLOTS = 16;

    private final VmSpec.Memory memory;
    private final QmpConnection monitor;

    /// @param memory that the guest was started with
    QemuResizing(VmSpec.Memory memory, QmpConnection monitor) {
        this.memory = memory;
        this.monitor = monitor;
    }

    /// A place for a CPU.
    ///
    /// @param path of the CPU there; empty where there is none
    private record Place(String type, Map<String, Object> at, String path) {

        static Place of(Map<String, Object> answer) {
            var path = answer.get("qom-path");
            return new Place(
                    String.valueOf(answer.get("type")),
                    Json.object(answer.get("props")),
                    path == null ? "" : path.toString());
        }

        boolean taken() {
            return !path.isEmpty();
        }

        String id() {
            return CPU + part("socket-id") + "-" + part("core-id") + "-" + part("thread-id");
        }

        long part(String name) {
            return at.get(name) instanceof Long number ? number : 0;
        }
    }

    private List<Place> places(Deadline deadline) {
        var order =
                Comparator.comparingLong((Place place) -> place.part("socket-id"))
                        .thenComparingLong(place -> place.part("core-id"))
                        .thenComparingLong(place -> place.part("thread-id"));
        return Json.objects(monitor.call("query-hotpluggable-cpus", deadline)).stream()
                .map(Place::of)
                .sorted(order)
                .toList();
    }

    @Override
    public void resizeCpus(int count, Deadline deadline) {
        var places = places(deadline);
        if (count > places.size()) {
            throw beyond("it was started with room for " + places.size() + " virtual CPUs");
        }
        long now = places.stream().filter(Place::taken).count();
        var free = places.stream().filter(place -> !place.taken()).iterator();
        for (; now < count; now++) {
            var place = free.next();
            var device = new LinkedHashMap<String, Object>(place.at());
            device.put("driver", place.type());
            device.put("id", place.id());
            monitor.call("device_add", device, deadline);
        }
        var last =
                places.reversed().stream()
                        .filter(Place::taken)
                        .limit(Math.max(0, now - count))
                        .toList();
        if (last.stream().anyMatch(place -> !place.path().endsWith("/" + place.id()))) {
            throw beyond("the virtual CPUs that it was started with stay until it is shut down");
        }
        last.forEach(place -> Unplugging.unplug(monitor, place.id(), deadline));
    }

    @Override
    public void resizeMemory(long bytes, Deadline deadline) {
        var sizes = Json.object(monitor.call("query-memory-size-summary", deadline));
        long now = Json.number(sizes, "base-memory") + Json.number(sizes, "plugged-memory");
        if (bytes > now) {
            plug(bytes - now, deadline);
        } else if (bytes < now) {
            unplug(now - bytes, deadline);
        }
    }

    private void plug(long bytes, Deadline deadline) {
        var devices = Ports.devices(monitor, deadline);
        int slot =
                Stream.iterate(0, i -> i + 1)
                        .limit(SLOTS)
                        .filter(i -> !devices.contains(DIMM + i))
                        .findFirst()
                        .orElseThrow(() -> beyond("memory was added " + SLOTS + " times already"));
        forget(slot, deadline);
        monitor.call("object-add", backing(MEMORY + slot, bytes), deadline);
        try {
            var dimm = Map.of("driver", "pc-dimm", "id", DIMM + slot, "memdev", MEMORY + slot);
            monitor.call("device_add", dimm, deadline);
        } catch (DriverException e) {
            forget(slot, deadline);
            throw e;
        }
    }

    private Map<String, Object> backing(String id, long bytes) {
        var backing = new LinkedHashMap<String, Object>();
        var shared = memory.backing().getOrDefault("shared", "off").equals("on");
        var huge = HugePages.wanted(memory);
        backing.put("qom-type", shared || huge ? "memory-backend-memfd" : "memory-backend-ram");
        backing.put("id", id);
        backing.put("size", bytes);
        if (shared || huge) {
            backing.put("share", shared);
        }
        if (huge) {
            backing.put("hugetlb", true);
            backing.put("prealloc", true);
        }
        return backing;
    }

    /// Whole DIMMs go, the last one first.
    private void unplug(long bytes, Deadline deadline) {
        var devices = Ports.devices(monitor, deadline);
        var going = new ArrayList<Integer>();
        long left = bytes;
        for (int slot = SLOTS - 1; slot >= 0 && left > 0; slot--) {
            if (!devices.contains(DIMM + slot)) {
                continue;
            }
            var size = size(slot, deadline);
            if (size > left) {
                break;
            }
            going.add(slot);
            left -= size;
        }
        if (left > 0) {
            throw beyond(
                    "memory goes as it came, by whole additions, and what it was started with"
                            + " stays until it is shut down");
        }
        for (var slot : going) {
            Unplugging.unplug(monitor, DIMM + slot, deadline);
            forget(slot, deadline);
        }
    }

    private long size(int slot, Deadline deadline) {
        var what = Map.of("path", "/objects/" + MEMORY + slot, "property", "size");
        return monitor.call("qom-get", what, deadline) instanceof Long bytes ? bytes : 0;
    }

    /// What stands behind a DIMM that is not there.
    private void forget(int slot, Deadline deadline) {
        monitor.attempt("object-del", Map.of("id", MEMORY + slot), deadline);
    }

    private static DriverException beyond(String why) {
        return new DriverException(Kind.NOT_NOW, why);
    }
}
