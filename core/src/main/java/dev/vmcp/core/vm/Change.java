package dev.vmcp.core.vm;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Problem.Thing;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec.Disk;
import dev.vmcp.core.vm.VmSpec.Nic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/// A change of what a VM has. Whether the outcome is a good spec is for [SpecRules] to say.
public sealed interface Change {

    /// @param cpus 0 = as they are
    /// @param memory in bytes; 0 = as it is
    record Resize(int cpus, long memory) implements Change {}

    /// Adds a disk, or replaces the one of this id.
    record AttachDisk(Disk disk) implements Change {}

    record DetachDisk(String id) implements Change {}

    /// Adds a network interface, or replaces the one of this id.
    record AttachNic(Nic nic) implements Change {}

    record DetachNic(String id) implements Change {}

    /// For messages: `resize`, `attach disk data` and so on.
    default String words() {
        return switch (this) {
            case Resize _ -> "resize";
            case AttachDisk(var disk) -> "attach disk " + disk.id() + " to";
            case DetachDisk(var id) -> "detach disk " + id + " from";
            case AttachNic(var nic) -> "attach interface " + nic.id() + " to";
            case DetachNic(var id) -> "detach interface " + id + " from";
        };
    }

    /// Whether a device of this id is there already, so that it would be replaced.
    default boolean replaces(VmSpec spec) {
        return switch (this) {
            case AttachDisk(var disk) -> disk(spec, disk.id());
            case AttachNic(var nic) -> nic(spec, nic.id());
            case Resize _, DetachDisk _, DetachNic _ -> false;
        };
    }

    /// The spec with this change; the same where there is nothing to do. Refused where a device
    /// that is to go is not there, or one that is to come has no id.
    default Outcome<VmSpec> on(VmSpec spec) {
        return switch (this) {
            case Resize(var cpus, var memory) -> ChangeRules.resized(spec, cpus, memory);
            case AttachDisk(var disk) ->
                    disk.id().isEmpty()
                            ? unnamed("disk.id")
                            : Outcome.done(
                                    with(
                                            spec,
                                            put(spec.disks(), inPlace(disk, spec), Disk::id),
                                            spec.nics()));
            case AttachNic(var nic) ->
                    nic.id().isEmpty()
                            ? unnamed("nic.id")
                            : Outcome.done(
                                    with(spec, spec.disks(), put(spec.nics(), nic, Nic::id)));
            case DetachDisk(var id) ->
                    disk(spec, id)
                            ? Outcome.done(
                                    with(
                                            spec,
                                            less(spec.disks(), d -> d.id().equals(id)),
                                            spec.nics()))
                            : Outcome.refused(new Problem.Absent(Thing.DISK, id));
            case DetachNic(var id) ->
                    nic(spec, id)
                            ? Outcome.done(
                                    with(
                                            spec,
                                            spec.disks(),
                                            less(spec.nics(), n -> n.id().equals(id))))
                            : Outcome.refused(new Problem.Absent(Thing.NIC, id));
        };
    }

    /// The root device stays one when it gets another file.
    private static Disk inPlace(Disk disk, VmSpec spec) {
        return isRoot(spec, disk.id()) ? disk.asRoot() : disk;
    }

    static boolean isRoot(VmSpec spec, String id) {
        return spec.disks().stream().anyMatch(disk -> disk.root() && disk.id().equals(id));
    }

    private static boolean disk(VmSpec spec, String id) {
        return !id.isEmpty() && spec.disks().stream().anyMatch(disk -> disk.id().equals(id));
    }

    private static boolean nic(VmSpec spec, String id) {
        return spec.nics().stream().anyMatch(nic -> nic.id().equals(id));
    }

    private static Outcome<VmSpec> unnamed(String field) {
        var violation = Violation.of(field, "", DeviceForm.ID_EXPECTED);
        return Outcome.refused(new Problem.InvalidInput(List.of(violation)));
    }

    private static <T> List<T> put(List<T> devices, T device, Function<T, String> id) {
        var all = new ArrayList<>(devices);
        for (int i = 0; i < all.size(); i++) {
            if (id.apply(all.get(i)).equals(id.apply(device))) {
                all.set(i, device);
                return all;
            }
        }
        all.add(device);
        return all;
    }

    private static <T> List<T> less(List<T> devices, Predicate<T> gone) {
        return devices.stream().filter(gone.negate()).toList();
    }

    private static VmSpec with(VmSpec spec, List<Disk> disks, List<Nic> nics) {
        return new VmSpec(
                spec.cpu(),
                spec.memory(),
                spec.boot(),
                disks,
                nics,
                spec.console(),
                spec.metadata());
    }
}
