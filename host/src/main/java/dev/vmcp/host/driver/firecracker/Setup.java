package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.MacAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A spec as the requests that configure a Firecracker. Fields of later versions than the oldest
/// proven one are not sent: an older Firecracker would refuse them.
record Setup(VmSpec spec, VmId vm) {

    static final int MEBIBYTE = 1 << 20;
    static final String TRACKING = "dirty_tracking";

    /// What Linux needs for a console, and for its restarts and panics to end the VMM.
    private static final String USUAL_ARGUMENTS = "console=ttyS0 reboot=k panic=1";

    private static final Pattern ROOT = Pattern.compile("(^|\\s)root=");

    /// One PUT.
    record Request(String path, Map<String, Object> body) {}

    /// Everything but the start, in order; the root disk is the first.
    ///
    /// @param kernel as Firecracker sees it
    /// @param initrd likewise, or empty
    List<Request> requests(String kernel, String initrd) {
        var requests = new ArrayList<Request>();
        requests.add(new Request("/machine-config", machine()));
        requests.add(new Request("/boot-source", boot(kernel, initrd)));
        for (var root : List.of(true, false)) {
            for (var i = 0; i < spec.disks().size(); i++) {
                if (spec.disks().get(i).root() == root) {
                    requests.add(new Request("/drives/" + disk(i), drive(i)));
                }
            }
        }
        for (var i = 0; i < spec.nics().size(); i++) {
            requests.add(new Request("/network-interfaces/" + nic(i), network(i)));
        }
        return requests;
    }

    /// The id of a disk, and its file's name: Firecracker's ids are narrower than ours.
    static String disk(int index) {
        return "disk" + index;
    }

    static String nic(int index) {
        return "net" + index;
    }

    private Map<String, Object> machine() {
        var machine = new LinkedHashMap<String, Object>();
        machine.put("vcpu_count", spec.cpu().count());
        machine.put("mem_size_mib", spec.memory().bytes() / MEBIBYTE);
        machine.put("smt", threads() == 2);
        machine.put("track_dirty_pages", tracking());
        machine.put("huge_pages", on("hugepages") ? "2M" : "None");
        return machine;
    }

    boolean tracking() {
        return on(TRACKING);
    }

    private boolean on(String key) {
        return spec.memory().backing().getOrDefault(key, "off").equals("on");
    }

    private int threads() {
        return spec.cpu().topology().map(VmSpec.Topology::threadsPerCore).orElse(1);
    }

    private Map<String, Object> boot(String kernel, String initrd) {
        var boot = new LinkedHashMap<String, Object>();
        boot.put("kernel_image_path", kernel);
        if (!initrd.isEmpty()) {
            boot.put("initrd_path", initrd);
        }
        boot.put("boot_args", arguments());
        return boot;
    }

    private String arguments() {
        var own = spec.boot().args().isEmpty() ? USUAL_ARGUMENTS : spec.boot().args();
        var root = spec.disks().stream().filter(VmSpec.Disk::root).findFirst();
        return root.isEmpty() || ROOT.matcher(own).find()
                ? own
                : own + " root=/dev/vda " + (root.get().readOnly() ? "ro" : "rw");
    }

    private Map<String, Object> drive(int index) {
        var disk = spec.disks().get(index);
        var drive = new LinkedHashMap<String, Object>();
        drive.put("drive_id", disk(index));
        drive.put("path_on_host", disk(index));
        // With a root device Firecracker adds a root= of its own.
        drive.put("is_root_device", false);
        drive.put("is_read_only", disk.readOnly());
        drive.put("cache_type", disk.options().getOrDefault("cache", "").equals("unsafe") ? "Unsafe" : "Writeback");
        drive.put("io_engine", disk.options().getOrDefault("io", "").equals("async") ? "Async" : "Sync");
        return drive;
    }

    private Map<String, Object> network(int index) {
        var nic = spec.nics().get(index);
        return Map.of(
                "iface_id",
                nic(index),
                "host_dev_name",
                nic.tap(),
                "guest_mac",
                nic.mac().isEmpty() ? MacAddress.generated(vm, nic.id()) : nic.mac());
    }

    /// The load of a snapshot, whose TAPs may have other names here.
    Map<String, Object> load(String state, String memory) {
        var overrides = new ArrayList<Map<String, Object>>();
        for (var i = 0; i < spec.nics().size(); i++) {
            overrides.add(Map.of("iface_id", nic(i), "host_dev_name", spec.nics().get(i).tap()));
        }
        var load = new LinkedHashMap<String, Object>();
        load.put("snapshot_path", state);
        load.put("mem_backend", Map.of("backend_type", "File", "backend_path", memory));
        load.put("track_dirty_pages", tracking());
        load.put("resume_vm", true);
        if (!overrides.isEmpty()) {
            load.put("network_overrides", overrides);
        }
        return load;
    }
}
