package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.RootArgument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// A spec as the requests that configure a Firecracker before its guest starts. Firecracker refuses
/// members that it does not know.
///
/// @param steps in the order in which they are made
record Configuration(List<Step> steps) {

    /// One PUT.
    record Step(String path, Map<String, Object> body) {}

    private static final String DRIVES = "/drives/";
    private static final String NICS = "/network-interfaces/";

    /// What Firecracker takes by itself where it is given none.
    private static final String USUAL_ARGUMENTS =
            "reboot=k panic=1 nomodule 8250.nr_uarts=0 i8042.noaux i8042.nomux i8042.dumbkbd"
                    + " swiotlb=noforce";

    /// @param placed where the VMM finds a file of the spec
    static Configuration of(VmSpec spec, UnaryOperator<String> placed) {
        var steps = new ArrayList<Step>();
        steps.add(new Step("/machine-config", machine(spec)));
        steps.add(new Step("/boot-source", bootSource(spec, placed)));
        for (var disk : RootArgument.ordered(spec)) {
            var id =
                    "drive" + steps.stream().filter(step -> step.path().startsWith(DRIVES)).count();
            steps.add(new Step(DRIVES + id, drive(disk, id, placed)));
        }
        for (int i = 0; i < spec.nics().size(); i++) {
            var id = "net" + i;
            steps.add(new Step(NICS + id, nic(spec.nics().get(i), id)));
        }
        return new Configuration(List.copyOf(steps));
    }

    /// The ids of its devices.
    Set<String> devices() {
        return steps.stream()
                .map(Step::path)
                .filter(path -> path.startsWith(DRIVES) || path.startsWith(NICS))
                .map(path -> path.substring(path.lastIndexOf('/') + 1))
                .collect(Collectors.toSet());
    }

    private static Map<String, Object> machine(VmSpec spec) {
        var machine = new LinkedHashMap<String, Object>();
        machine.put("vcpu_count", spec.cpu().count());
        machine.put("mem_size_mib", spec.memory().bytes() >> 20);
        if (spec.memory().backing().getOrDefault("hugepages", "").equals("on")) {
            machine.put("huge_pages", "2M");
        }
        return machine;
    }

    private static Map<String, Object> bootSource(VmSpec spec, UnaryOperator<String> placed) {
        var source = new LinkedHashMap<String, Object>();
        source.put("kernel_image_path", placed.apply(spec.boot().kernel()));
        if (!spec.boot().initrd().isEmpty()) {
            source.put("initrd_path", placed.apply(spec.boot().initrd()));
        }
        var own = spec.boot().args().isEmpty() ? USUAL_ARGUMENTS : spec.boot().args();
        source.put("boot_args", RootArgument.added(own, spec, _ -> "/dev/vda"));
        return source;
    }

    /// No drive is told to be the root: Firecracker would add a second `root=` to the arguments.
    static Map<String, Object> drive(VmSpec.Disk disk, String id, UnaryOperator<String> placed) {
        var drive = new LinkedHashMap<String, Object>();
        drive.put("drive_id", id);
        drive.put("path_on_host", placed.apply(disk.path()));
        drive.put("is_root_device", false);
        drive.put("is_read_only", disk.readOnly());
        drive.put(
                "cache_type",
                disk.options().getOrDefault("cache", "").equals("unsafe") ? "Unsafe" : "Writeback");
        drive.put(
                "io_engine",
                disk.options().getOrDefault("io", "").equals("async") ? "Async" : "Sync");
        return drive;
    }

    static Map<String, Object> nic(VmSpec.Nic nic, String id) {
        var body = new LinkedHashMap<String, Object>();
        body.put("iface_id", id);
        body.put("host_dev_name", nic.tap());
        if (!nic.mac().isEmpty()) {
            body.put("guest_mac", nic.mac());
        }
        return body;
    }
}
