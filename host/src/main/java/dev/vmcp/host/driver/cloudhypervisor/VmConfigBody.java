package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.RootArgument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A spec as the body of `vm.create`. Cloud Hypervisor takes unknown members for nothing said, so
/// each name here is one of its published description.
final class VmConfigBody {

    private VmConfigBody() {}

    /// Everything but the serial port.
    static Map<String, Object> of(VmSpec spec) {
        var body = new LinkedHashMap<String, Object>();
        body.put("payload", payload(spec));
        body.put("cpus", cpus(spec.cpu()));
        body.put("memory", memory(spec.memory()));
        var disks = new ArrayList<Map<String, Object>>();
        for (var disk : RootArgument.ordered(spec)) {
            disks.add(disk(disk, "disk" + disks.size()));
        }
        if (!disks.isEmpty()) {
            body.put("disks", disks);
        }
        var nets = new ArrayList<Map<String, Object>>();
        for (var nic : spec.nics()) {
            nets.add(net(nic, "net" + nets.size()));
        }
        if (!nets.isEmpty()) {
            body.put("net", nets);
        }
        body.put("console", Map.of("mode", "Off"));
        return body;
    }

    private static Map<String, Object> payload(VmSpec spec) {
        var payload = new LinkedHashMap<String, Object>();
        payload.put("kernel", spec.boot().kernel());
        if (!spec.boot().initrd().isEmpty()) {
            payload.put("initramfs", spec.boot().initrd());
        }
        var arguments = RootArgument.added(spec.boot().args(), spec, _ -> "/dev/vda");
        if (!arguments.isEmpty()) {
            payload.put("cmdline", arguments);
        }
        return payload;
    }

    private static Map<String, Object> cpus(VmSpec.Cpu cpu) {
        var cpus = new LinkedHashMap<String, Object>();
        cpus.put("boot_vcpus", cpu.count());
        cpus.put("max_vcpus", Math.max(cpu.count(), cpu.max()));
        cpu.topology()
                .ifPresent(topology ->
                        cpus.put(
                                "topology",
                                Map.of(
                                        "threads_per_core", topology.threadsPerCore(),
                                        "cores_per_die", topology.coresPerSocket(),
                                        "dies_per_package", 1,
                                        "packages", topology.sockets())));
        return cpus;
    }

    private static Map<String, Object> memory(VmSpec.Memory memory) {
        var body = new LinkedHashMap<String, Object>();
        body.put("size", memory.bytes());
        if (memory.maxBytes() > memory.bytes()) {
            body.put("hotplug_method", "VirtioMem");
            body.put("hotplug_size", memory.maxBytes() - memory.bytes());
        }
        for (var key : List.of("shared", "hugepages")) {
            if (memory.backing().getOrDefault(key, "").equals("on")) {
                body.put(key, true);
            }
        }
        return body;
    }

    /// The format is never guessed: see the driver of QEMU.
    static Map<String, Object> disk(VmSpec.Disk disk, String id) {
        var body = new LinkedHashMap<String, Object>();
        var options = disk.options();
        body.put("id", id);
        body.put("path", disk.path());
        body.put("readonly", disk.readOnly());
        body.put(
                "image_type",
                options.getOrDefault("format", "raw").equals("qcow2") ? "Qcow2" : "Raw");
        if (options.getOrDefault("cache", "").equals("none")) {
            body.put("direct", true);
        }
        if (options.containsKey("serial")) {
            body.put("serial", options.get("serial"));
        }
        return body;
    }

    static Map<String, Object> net(VmSpec.Nic nic, String id) {
        var body = new LinkedHashMap<String, Object>();
        body.put("id", id);
        body.put("tap", nic.tap());
        if (!nic.mac().isEmpty()) {
            body.put("mac", nic.mac());
        }
        return body;
    }
}
