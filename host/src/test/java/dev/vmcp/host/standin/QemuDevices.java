package dev.vmcp.host.standin;

import dev.vmcp.host.standin.QmpMonitor.Command;
import dev.vmcp.host.standin.QmpMonitor.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The devices of a QEMU that have ids, as its tree of objects shows them. What is plugged into a
/// q35 stands on a root port of its own; a microvm takes nothing.
///
/// The guest lets go of what is unplugged once it runs, as one with ACPI hotplug does.
final class QemuDevices {

    private static final String PERIPHERAL = "/machine/peripheral";
    private static final String OBJECTS = "/objects";

    /// @param at the port or the socket that it takes; empty where there are plenty
    /// @param behind the node, the backend or the memory that it uses
    private record Device(String driver, String at, String behind) {}

    private final boolean q35;
    private final QemuFiles files;
    private final QemuSize size;
    private final Map<String, Device> devices = new LinkedHashMap<>();
    private final Map<String, Long> memories = new HashMap<>();
    private final Set<String> leaving = new LinkedHashSet<>();

    QemuDevices(Arguments arguments, QemuFiles files) {
        this.files = files;
        this.size = new QemuSize(arguments);
        this.q35 = arguments.after("-machine").orElse("").startsWith("q35");
        for (var one : arguments.every("-device")) {
            Arguments.value(one, "id")
                    .ifPresent(id -> devices.put(id, new Device(one.split(",", -1)[0], "", "")));
        }
    }

    boolean q35() {
        return q35;
    }

    List<Map<String, Object>> list(String path) throws Refused {
        var names =
                switch (path) {
                    case PERIPHERAL -> devices.keySet();
                    case OBJECTS -> memories.keySet();
                    default -> throw missing(path);
                };
        var all = new ArrayList<Map<String, Object>>();
        all.add(Map.of("name", "type", "type", "string"));
        names.forEach(name -> all.add(Map.of("name", name, "type", "child<" + name + ">")));
        return all;
    }

    Object property(String path, String property) throws Refused {
        var name = path.substring(path.lastIndexOf('/') + 1);
        var device = devices.get(name);
        if (path.equals(PERIPHERAL + "/" + name)
                && device != null
                && property.equals("parent_bus")) {
            return PERIPHERAL + "/" + device.at + "/" + device.at;
        }
        if (path.equals(OBJECTS + "/" + name)
                && memories.containsKey(name)
                && property.equals("size")) {
            return memories.getOrDefault(name, 0L);
        }
        throw missing(path);
    }

    private static Refused missing(String path) {
        return new Refused("DeviceNotFound", "Device '" + path + "' not found");
    }

    void add(Command command) throws Refused {
        var id = command.text("id");
        if (devices.containsKey(id)) {
            throw new Refused("Duplicate device ID '" + id + "'");
        }
        var driver = command.text("driver");
        devices.put(
                id,
                switch (driver) {
                    case "virtio-blk-pci" -> {
                        var port = port(command.text("bus"));
                        files.use(command.text("drive"));
                        yield new Device(driver, port, command.text("drive"));
                    }
                    case "virtio-net-pci" -> {
                        if (!files.hasTap(command.text("netdev"))) {
                            throw new Refused("Property 'virtio-net-pci.netdev' can't find value");
                        }
                        yield new Device(driver, port(command.text("bus")), "");
                    }
                    case "pc-dimm" -> dimm(command.text("memdev"));
                    default -> processor(command, id);
                });
    }

    private String port(String bus) throws Refused {
        if (!devices.containsKey(bus) || !bus.startsWith("port")) {
            throw new Refused("Bus '" + bus + "' not found");
        }
        if (devices.values().stream().anyMatch(device -> device.at.equals(bus))) {
            throw new Refused("PCI: slot 0 function 0 already occupied in '" + bus + "'");
        }
        return bus;
    }

    private Device dimm(String memory) throws Refused {
        var bytes = memories.get(memory);
        if (bytes == null) {
            throw new Refused("Property 'pc-dimm.memdev' can't find value '" + memory + "'");
        }
        size.plug(bytes);
        return new Device("pc-dimm", "", memory);
    }

    private Device processor(Command command, String id) throws Refused {
        var core = command.arguments().get("core-id");
        size.place(core instanceof Long number ? number.intValue() : -1, PERIPHERAL + "/" + id);
        return new Device(command.text("driver"), "core " + core, "");
    }

    void addMemory(Command command) throws Refused {
        var bytes = command.arguments().get("size") instanceof Long number ? number : 0;
        if (memories.putIfAbsent(command.text("id"), bytes) != null) {
            throw new Refused("attempt to add duplicate property '" + command.text("id") + "'");
        }
    }

    void removeMemory(String id) throws Refused {
        if (devices.values().stream().anyMatch(device -> device.behind.equals(id))) {
            throw new Refused("object '" + id + "' is in use, can not be deleted");
        }
        if (memories.remove(id) == null) {
            throw new Refused("object '" + id + "' not found");
        }
    }

    /// Asks the guest to let go.
    void remove(String id) throws Refused {
        if (!devices.containsKey(id)) {
            throw missing(id);
        }
        if (!leaving.add(id)) {
            throw new Refused("Device " + id + " is already in the process of unplug");
        }
    }

    /// The guest lets go of what it was asked to.
    void letGo(Consumer<String> gone) {
        for (var id : leaving) {
            var device = devices.remove(id);
            if (device != null) {
                files.release(device.behind);
                if (device.driver.equals("pc-dimm")) {
                    size.unplug(memories.getOrDefault(device.behind, 0L));
                }
                size.leave(PERIPHERAL + "/" + id);
                gone.accept(id);
            }
        }
        leaving.clear();
    }

    QemuSize size() {
        return size;
    }
}
