package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.MacAddress;
import dev.vmcp.host.vmm.RootArgument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A spec as the requests that configure a Firecracker before its guest starts. Firecracker refuses
/// members that it does not know, so none of a later version than the oldest proven is sent.
///
/// @param steps in the order in which they are made
record Configuration(List<Step> steps) {

    static final int MEBIBYTE = 1 << 20;
    static final String TRACKING = "dirty_tracking";

    private static final String DRIVES = "/drives/";
    private static final String NICS = "/network-interfaces/";

    /// What Linux needs for a console, and for its restarts and panics to end the VMM.
    private static final String USUAL_ARGUMENTS = "console=ttyS0 reboot=k panic=1";

    /// One PUT.
    record Step(String path, Map<String, Object> body) {}

    /// Where the VMM finds the files of a spec.
    interface Places {

        String kernel();

        /// Empty where there is none.
        String initrd();

        /// Of the disk with this index in the spec.
        String disk(int index);
    }

    /// Where the spec says.
    static Places inPlace(VmSpec spec) {
        return new Places() {
            @Override
            public String kernel() {
                return spec.boot().kernel();
            }

            @Override
            public String initrd() {
                return spec.boot().initrd();
            }

            @Override
            public String disk(int index) {
                return spec.disks().get(index).path();
            }
        };
    }

    static Configuration of(VmSpec spec, VmId vm, Places places) {
        var steps = new ArrayList<Step>();
        steps.add(new Step("/machine-config", machine(spec)));
        steps.add(new Step("/boot-source", bootSource(spec, places)));
        for (var root : List.of(true, false)) {
            for (var i = 0; i < spec.disks().size(); i++) {
                if (spec.disks().get(i).root() == root) {
                    steps.add(new Step(DRIVES + disk(i), drive(spec.disks().get(i), i, places)));
                }
            }
        }
        for (var i = 0; i < spec.nics().size(); i++) {
            steps.add(new Step(NICS + nic(i), nic(spec.nics().get(i), vm, i)));
        }
        return new Configuration(List.copyOf(steps));
    }

    /// All of it in the file that Firecracker reads at its start, where the devices of a kind are a
    /// list and the drives must be named.
    Map<String, Object> file() {
        var file = new LinkedHashMap<String, Object>();
        var lists = new LinkedHashMap<String, List<Object>>();
        lists.put("drives", new ArrayList<>());
        for (var step : steps) {
            var names = step.path().substring(1).split("/", -1);
            if (names.length == 1) {
                file.put(names[0], step.body());
            } else {
                lists.computeIfAbsent(names[0], _ -> new ArrayList<>()).add(step.body());
            }
        }
        file.putAll(lists);
        return file;
    }

    /// The ids of its devices.
    Set<String> devices() {
        return steps.stream()
                .map(Step::path)
                .filter(path -> path.startsWith(DRIVES) || path.startsWith(NICS))
                .map(path -> path.substring(path.lastIndexOf('/') + 1))
                .collect(Collectors.toSet());
    }

    /// The id of a disk, whose own may have characters that Firecracker's have not.
    static String disk(int index) {
        return "disk" + index;
    }

    /// The id of a network interface.
    static String nic(int index) {
        return "net" + index;
    }

    private static Map<String, Object> machine(VmSpec spec) {
        var machine = new LinkedHashMap<String, Object>();
        machine.put("vcpu_count", spec.cpu().count());
        machine.put("mem_size_mib", spec.memory().bytes() / MEBIBYTE);
        machine.put("smt", threads(spec) == 2);
        machine.put("track_dirty_pages", tracking(spec));
        machine.put("huge_pages", on(spec, "hugepages") ? "2M" : "None");
        return machine;
    }

    private static int threads(VmSpec spec) {
        return spec.cpu().topology().map(VmSpec.Topology::threadsPerCore).orElse(1);
    }

    static boolean tracking(VmSpec spec) {
        return on(spec, TRACKING);
    }

    private static boolean on(VmSpec spec, String key) {
        return spec.memory().backing().getOrDefault(key, "off").equals("on");
    }

    private static Map<String, Object> bootSource(VmSpec spec, Places places) {
        var source = new LinkedHashMap<String, Object>();
        source.put("kernel_image_path", places.kernel());
        if (!places.initrd().isEmpty()) {
            source.put("initrd_path", places.initrd());
        }
        var own = spec.boot().args().isEmpty() ? USUAL_ARGUMENTS : spec.boot().args();
        source.put("boot_args", RootArgument.added(own, spec, _ -> "/dev/vda"));
        return source;
    }

    /// No drive is told to be the root: Firecracker would add a second `root=` to the arguments.
    private static Map<String, Object> drive(VmSpec.Disk disk, int index, Places places) {
        var drive = new LinkedHashMap<String, Object>();
        drive.put("drive_id", disk(index));
        drive.put("path_on_host", places.disk(index));
        drive.put("is_root_device", false);
        drive.put("is_read_only", disk.readOnly());
        drive.put(
                "cache_type",
                disk.options().getOrDefault("cache", "").equals("unsafe") ? "Unsafe" : "Writeback");
        drive.put(
                "io_engine",
                disk.options().getOrDefault("io", "").equals("async") ? "Async" : "Sync");
        if (RateLimits.any(disk.options())) {
            drive.putAll(RateLimits.of(disk));
        }
        return drive;
    }

    private static Map<String, Object> nic(VmSpec.Nic nic, VmId vm, int index) {
        var body = new LinkedHashMap<String, Object>();
        body.put("iface_id", nic(index));
        body.put("host_dev_name", nic.tap());
        body.put("guest_mac", nic.mac().isEmpty() ? MacAddress.generated(vm, nic.id()) : nic.mac());
        if (RateLimits.any(nic.options())) {
            body.putAll(RateLimits.of(nic));
        }
        return body;
    }

    /// The load of a snapshot, whose TAPs may have other names here.
    static Step load(VmSpec spec, String state, String memory) {
        var overrides = new ArrayList<Map<String, Object>>();
        for (var i = 0; i < spec.nics().size(); i++) {
            overrides.add(Map.of("iface_id", nic(i), "host_dev_name", spec.nics().get(i).tap()));
        }
        var load = new LinkedHashMap<String, Object>();
        load.put("snapshot_path", state);
        load.put("mem_backend", Map.of("backend_type", "File", "backend_path", memory));
        load.put("track_dirty_pages", tracking(spec));
        load.put("resume_vm", true);
        if (!overrides.isEmpty()) {
            load.put("network_overrides", overrides);
        }
        return new Step("/snapshot/load", load);
    }
}
