package dev.vmcp.core.vm;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import java.util.ArrayList;
import java.util.List;

/// What a change may not do, whatever the backend.
public final class ChangeRules {

    private ChangeRules() {}

    /// The spec with these sizes, 0 leaving one as it is. No size goes beyond the maximum that the
    /// spec names.
    static Outcome<VmSpec> resized(VmSpec spec, int cpus, long memory) {
        var wrong = new ArrayList<Violation>();
        if (cpus == 0 && memory == 0) {
            wrong.add(
                    Violation.of("vcpu_count", 0, "more than 0, or memory_size_bytes more than 0"));
        }
        if (cpus < 0 || (spec.cpu().max() > 0 && cpus > spec.cpu().max())) {
            wrong.add(Violation.of("vcpu_count", cpus, upTo(spec.cpu().max(), "max_vcpu_count")));
        }
        if (memory < 0 || (spec.memory().maxBytes() > 0 && memory > spec.memory().maxBytes())) {
            wrong.add(
                    Violation.of(
                            "memory_size_bytes",
                            memory,
                            upTo(spec.memory().maxBytes(), "max_size_bytes")));
        }
        if (!wrong.isEmpty()) {
            return Outcome.refused(new Problem.InvalidInput(wrong));
        }
        var cpu = spec.cpu();
        var size = spec.memory();
        return Outcome.done(
                new VmSpec(
                        new VmSpec.Cpu(
                                cpus == 0 ? cpu.count() : cpus,
                                cpu.max(),
                                cpu.topology(),
                                cpu.features()),
                        new VmSpec.Memory(
                                memory == 0 ? size.bytes() : memory,
                                size.hotplug(),
                                size.maxBytes(),
                                size.backing()),
                        spec.boot(),
                        spec.disks(),
                        spec.nics(),
                        spec.console(),
                        spec.metadata()));
    }

    private static String upTo(long most, String field) {
        return most > 0 ? "1 to " + most + ", the VM's " + field : "1 or more";
    }

    /// What stands against `change` of a guest that runs with `spec`: it has the room that it was
    /// started with, and keeps the device that it runs from.
    public static List<Violation> ofRunning(Change change, VmSpec spec) {
        var wrong = new ArrayList<Violation>();
        switch (change) {
            case Change.Resize(var cpus, var memory) -> {
                if (cpus > spec.cpu().count() && spec.cpu().max() == 0) {
                    wrong.add(
                            Violation.of(
                                    "vcpu_count",
                                    cpus,
                                    "1 to " + spec.cpu().count() + room("max_vcpu_count")));
                }
                boolean room = spec.memory().hotplug() && spec.memory().maxBytes() > 0;
                if (memory > spec.memory().bytes() && !room) {
                    wrong.add(
                            Violation.of(
                                    "memory_size_bytes",
                                    memory,
                                    "at most "
                                            + spec.memory().bytes()
                                            + room("hotplug_enabled and max_size_bytes")));
                }
            }
            case Change.AttachDisk(var disk) -> {
                if (disk.root() && !Change.isRoot(spec, disk.id())) {
                    wrong.add(Violation.of("disk.is_root_device", true, "false while it runs"));
                }
            }
            case Change.DetachDisk(var id) -> {
                if (Change.isRoot(spec, id)) {
                    wrong.add(
                            Violation.of(
                                    "disk_id", id, "another than the root device while it runs"));
                }
            }
            case Change.AttachNic _, Change.DetachNic _ -> {}
        }
        return wrong;
    }

    private static String room(String field) {
        return ": it was started without " + field + "; shut it down to change that";
    }
}
