package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.HugePages;
import dev.vmcp.host.vmm.RootArgument;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A spec as the bodies of Cloud Hypervisor's requests. It ignores members that it does not know,
/// so each name here is one of its published description.
final class VmConfig {

    /// What virtio-mem needs its size to be a multiple of.
    private static final long REGION = 128L << 20;

    private VmConfig() {}

    /// The body of `vm.create`, without network devices: they come with descriptors.
    ///
    /// @param landlock the rules, empty for no landlock
    static Map<String, Object> of(
            VmSpec spec, VmId vm, Placed placed, List<Map<String, Object>> landlock) {
        var config = new LinkedHashMap<String, Object>();
        config.put("payload", payload(spec, placed));
        config.put("cpus", cpus(spec.cpu()));
        config.put("memory", memory(spec.memory()));
        config.put("disks", disks(spec, placed));
        config.put("serial", Map.of("mode", "Tty"));
        config.put("console", Map.of("mode", "Off"));
        config.put("platform", platform(vm));
        if (!landlock.isEmpty()) {
            config.put("landlock_enable", true);
            config.put("landlock_rules", landlock);
        }
        return config;
    }

    static Map<String, Object> rule(String path, String access) {
        return Map.of("path", path, "access", access);
    }

    static List<Map<String, Object>> disks(VmSpec spec, Placed placed) {
        return RootArgument.ordered(spec).stream().map(disk -> disk(disk, placed)).toList();
    }

    static Map<String, Object> disk(VmSpec.Disk disk, Placed placed) {
        var config = new LinkedHashMap<String, Object>();
        config.put("id", DeviceIds.of(disk));
        config.put("path", placed.disk(disk));
        config.put("readonly", disk.readOnly());
        config.put("direct", disk.options().getOrDefault("cache", "").equals("none"));
        config.put("image_type", isQcow2(disk) ? "Qcow2" : "Raw");
        var serial = disk.options().getOrDefault("serial", "");
        if (!serial.isEmpty()) {
            config.put("serial", serial);
        }
        return config;
    }

    static Map<String, Object> nic(VmSpec.Nic nic) {
        var config = new LinkedHashMap<String, Object>();
        config.put("id", DeviceIds.of(nic));
        if (!nic.mac().isEmpty()) {
            config.put("mac", nic.mac());
        }
        return config;
    }

    /// As [#nic], on a TAP that the VMM opens by itself.
    static Map<String, Object> tap(VmSpec.Nic nic) {
        var config = nic(nic);
        config.put("tap", nic.tap());
        return config;
    }

    static boolean isQcow2(VmSpec.Disk disk) {
        return disk.options().getOrDefault("format", "").equals("qcow2");
    }

    private static Map<String, Object> payload(VmSpec spec, Placed placed) {
        var payload = new LinkedHashMap<String, Object>();
        payload.put("kernel", placed.kernel());
        if (!placed.initrd().isEmpty()) {
            payload.put("initramfs", placed.initrd());
        }
        var arguments = RootArgument.added(spec.boot().args(), spec, _ -> "/dev/vda");
        if (!arguments.isEmpty()) {
            payload.put("cmdline", arguments);
        }
        return payload;
    }

    private static Map<String, Object> cpus(VmSpec.Cpu cpu) {
        var config = new LinkedHashMap<String, Object>();
        config.put("boot_vcpus", cpu.count());
        config.put("max_vcpus", cpu.most());
        cpu.topology()
                .ifPresent(topology ->
                        config.put(
                                "topology",
                                Map.of(
                                        "packages", topology.sockets(),
                                        "dies_per_package", 1,
                                        "cores_per_die", topology.coresPerSocket(),
                                        "threads_per_core", topology.threadsPerCore())));
        return config;
    }

    /// Of the two ways to plug memory only virtio-mem also takes it away again.
    private static Map<String, Object> memory(VmSpec.Memory memory) {
        var config = new LinkedHashMap<String, Object>();
        config.put("size", memory.bytes());
        config.put("shared", on(memory, "shared"));
        config.put("hugepages", HugePages.wanted(memory));
        if (HugePages.wanted(memory)) {
            // Without it Cloud Hypervisor looks at /dev/hugepages, which need not be there.
            config.put("hugepage_size", HugePages.now().bytes());
            // A guest that later finds none left would kill its VMM.
            config.put("reserve", true);
        }
        if (memory.maxBytes() > memory.bytes()) {
            config.put("hotplug_method", "VirtioMem");
            var more = memory.maxBytes() - memory.bytes();
            config.put("hotplug_size", Math.ceilDiv(more, REGION) * REGION);
        }
        return config;
    }

    private static boolean on(VmSpec.Memory memory, String key) {
        return memory.backing().getOrDefault(key, "").equals("on");
    }

    private static Map<String, Object> platform(VmId vm) {
        var uuid = UUID.nameUUIDFromBytes(vm.value().getBytes(StandardCharsets.UTF_8));
        return Map.of("system_uuid", uuid.toString(), "system_serial_number", vm.value());
    }
}
