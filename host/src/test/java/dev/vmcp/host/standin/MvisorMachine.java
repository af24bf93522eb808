package dev.vmcp.host.standin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// An MVisor's machine file, as far as MVisor understands it.
///
/// MVisor has no published description but its sample: classes of objects with their keys.
public final class MvisorMachine {

    private static final Set<String> DISK = Set.of("image", "readonly", "snapshot");
    private static final Set<String> NONE = Set.of();
    private static final Set<String> NAMES = Set.of("class", "name", "parent");

    private static final Map<String, Set<String>> CLASSES =
            Map.ofEntries(
                    Map.entry("q35-host", NONE),
                    Map.entry("kvm-irqchip", NONE),
                    Map.entry("kvm-clock", NONE),
                    Map.entry("firmware-config", NONE),
                    Map.entry("dummy-device", NONE),
                    Map.entry("ich9-lpc", NONE),
                    Map.entry("ich9-ahci", NONE),
                    Map.entry("cmos", Set.of("rtc")),
                    Map.entry("ps2", NONE),
                    Map.entry("uart", NONE),
                    Map.entry("qxl", NONE),
                    Map.entry("pvpanic", NONE),
                    Map.entry("ata-disk", DISK),
                    Map.entry("ata-cdrom", DISK),
                    Map.entry("virtio-block", DISK));

    private static final Set<String> MACHINE =
            Set.of("memory", "vcpu", "bios", "cpuid", "priority", "hypervisor", "debug");

    private final Map<?, ?> root;

    private MvisorMachine(Map<?, ?> root) {
        this.root = root;
    }

    static MvisorMachine parse(String text) {
        return new MvisorMachine(
                map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text)));
    }

    /// What of a machine file MVisor would not understand, or would pass over; empty when it
    /// understands all.
    public static List<String> objections(String text) {
        var file = parse(text);
        var found = new ArrayList<String>();
        for (var key : file.machine().keySet()) {
            if (!MACHINE.contains(String.valueOf(key))) {
                found.add("machine." + key + ": no such key");
            }
        }
        var memory = String.valueOf(file.machine().get("memory"));
        if (!memory.matches("[1-9][0-9]*[GM]")) {
            found.add("machine.memory: " + memory + " (expected: a whole number and G or M)");
        }
        if (file.processors() != 1 && file.processors() % 2 != 0) {
            found.add("machine.vcpu: " + file.processors() + " (expected: 1, or even)");
        }
        file.objects().forEach(object -> object(object, found));
        return found;
    }

    private static void object(Map<?, ?> object, List<String> found) {
        var name = String.valueOf(object.get("class"));
        var keys = CLASSES.get(name);
        if (keys == null) {
            found.add("class " + name + ": no such class");
            return;
        }
        for (var key : object.keySet()) {
            if (!NAMES.contains(String.valueOf(key)) && !keys.contains(String.valueOf(key))) {
                found.add(name + "." + key + ": no such key");
            }
        }
    }

    private Map<?, ?> machine() {
        return map(root.get("machine"));
    }

    int processors() {
        return machine().get("vcpu") instanceof Integer count ? count : 1;
    }

    String firmware() {
        return String.valueOf(machine().get("bios"));
    }

    /// The images, in the order in which the firmware tries them.
    List<String> disks() {
        return objects().stream()
                .filter(object -> object.containsKey("image"))
                .map(object -> String.valueOf(object.get("image")))
                .toList();
    }

    private List<Map<?, ?>> objects() {
        var all = new ArrayList<Map<?, ?>>();
        if (root.get("objects") instanceof List<?> list) {
            list.forEach(one -> all.add(map(one)));
        }
        return all;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
