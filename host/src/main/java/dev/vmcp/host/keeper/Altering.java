package dev.vmcp.host.keeper;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Problem.Thing;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.ChangeRules;
import dev.vmcp.core.vm.Pending;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The step that changes what a VM has. Of a VM that is down the spec changes; of one that runs it
/// is journaled what is meant, then the VMM does it, then the spec is journaled.
final class Altering {

    private static final Logger LOG = LoggerFactory.getLogger(Altering.class);

    private final Ground ground;
    private final VmState vm;

    Altering(Ground ground, VmState vm) {
        this.ground = ground;
        this.vm = vm;
    }

    /// @throws Halted when it is refused or fails; the VM is then as before, or, where its VMM does
    ///   not answer, what is under way is concluded later
    void alter(Change change) {
        var spec = vm.record().spec();
        var target = wanted(change, spec);
        if (target.equals(spec)) {
            return;
        }
        if (!(vm.phase() instanceof Phase.Running)) {
            judge(change, target);
            vm.commit(target, Pending.none());
            return;
        }
        refuse(ChangeRules.ofRunning(change, spec));
        able(change, spec);
        judge(change, target);
        claim(spec, target);
        try {
            vm.commit(spec, new Pending.Changing(change));
        } catch (Halted halted) {
            hold(spec);
            throw halted;
        }
        perform(change, target);
    }

    private static VmSpec wanted(Change change, VmSpec spec) {
        return switch (change.on(spec)) {
            case Outcome.Done<VmSpec>(var target) -> target;
            case Outcome.Refused<VmSpec>(var problem) -> throw new Halted(problem);
        };
    }

    private static void refuse(List<Violation> wrong) {
        if (!wrong.isEmpty()) {
            throw new Halted(new Problem.InvalidInput(wrong));
        }
    }

    /// Whether the backend can do this to a guest that runs.
    private void able(Change change, VmSpec spec) {
        var backend = vm.record().backend();
        if (change.replaces(spec)) {
            boolean disk = change instanceof Change.AttachDisk;
            if (!Abilities.has(
                    ground.driver(backend),
                    disk ? CapabilityName.REPLACE_DISK : CapabilityName.REPLACE_NIC)) {
                var hint = "detach it first: backend " + backend + " cannot replace it";
                throw new Halted(
                        new Problem.Taken(disk ? Thing.DISK : Thing.NIC, id(change), hint));
            }
            return;
        }
        switch (change) {
            case Change.Resize(var cpus, var memory) -> {
                if (cpus != 0 && cpus != spec.cpu().count()) {
                    Abilities.require(ground, backend, CapabilityName.RESIZE_VCPUS, "vcpu_count");
                }
                if (memory != 0 && memory != spec.memory().bytes()) {
                    Abilities.require(
                            ground, backend, CapabilityName.RESIZE_MEMORY, "memory_size_bytes");
                }
            }
            case Change.AttachDisk _ ->
                    Abilities.require(ground, backend, CapabilityName.HOTPLUG_DISK, "disk");
            case Change.DetachDisk _ ->
                    Abilities.require(ground, backend, CapabilityName.UNPLUG_DISK, "disk_id");
            case Change.AttachNic _ ->
                    Abilities.require(ground, backend, CapabilityName.HOTPLUG_NIC, "nic");
            case Change.DetachNic _ ->
                    Abilities.require(ground, backend, CapabilityName.UNPLUG_NIC, "nic_id");
        }
    }

    private static String id(Change change) {
        return switch (change) {
            case Change.AttachDisk(var disk) -> disk.id();
            case Change.AttachNic(var nic) -> nic.id();
            case Change.DetachDisk(var id) -> id;
            case Change.DetachNic(var id) -> id;
            case Change.Resize _ -> "";
        };
    }

    /// The rules of a create, as far as the change adds to what stood against the VM before.
    private void judge(Change change, VmSpec target) {
        var backend = vm.record().backend();
        var before = ground.admission().findings(vm.record().spec(), backend);
        var after = ground.admission().findings(target, backend);
        var found =
                new SpecFindings(
                        added(change, target, before.invalid(), after.invalid()),
                        added(change, target, before.unsupported(), after.unsupported()));
        found.problem(backend)
                .ifPresent(problem -> {
                    throw new Halted(problem);
                });
    }

    private static List<Violation> added(
            Change change, VmSpec target, List<Violation> before, List<Violation> after) {
        var added = new ArrayList<Violation>();
        for (var violation : after) {
            boolean old =
                    before.stream()
                            .anyMatch(one ->
                                    one.value().equals(violation.value())
                                            && one.expected().equals(violation.expected()));
            if (!old) {
                var field = Fields.ofRequest(change, target, violation.field());
                added.add(new Violation(field, violation.value(), violation.expected()));
            }
        }
        return added;
    }

    /// Claims what the guest has and what it is to have.
    private void claim(VmSpec spec, VmSpec target) {
        long most = Math.max(spec.memory().bytes(), target.memory().bytes());
        var launch = vm.requireLive().launch();
        var full = ground.capacity().claim(vm.id(), most);
        if (full.isPresent()) {
            throw new Halted(full.get());
        }
        var held = ground.checks().uses(spec);
        var more = new ArrayList<>(ground.checks().uses(target));
        more.removeAll(held);
        var busy = ground.locks().acquire(vm.id(), launch, more);
        if (busy.isPresent()) {
            ground.capacity().adopt(vm.id(), spec.memory().bytes());
            throw new Halted(busy.get());
        }
    }

    /// Claims what is in `spec` and nothing else.
    private void hold(VmSpec spec) {
        ground.capacity().adopt(vm.id(), spec.memory().bytes());
        ground.locks().keep(vm.id(), vm.requireLive().launch(), ground.checks().uses(spec));
    }

    private void perform(Change change, VmSpec target) {
        var spec = vm.record().spec();
        var device = new DeviceChange(vm.requireLive().requireControl(), ground.limits());
        try {
            device.apply(change, spec, target);
        } catch (DriverException e) {
            if (Thread.currentThread().isInterrupted()) {
                // Force, which ends the VM.
                throw e;
            }
            if (undone(device, change, spec, e)) {
                vm.commit(spec, Pending.none());
                hold(spec);
            }
            throw new Halted(Failures.problem(vm.id(), change.words(), e));
        }
        vm.commit(target, Pending.none());
        hold(target);
    }

    /// Takes back what may have been done; false where that cannot be known.
    private boolean undone(DeviceChange device, Change change, VmSpec spec, DriverException why) {
        LOG.atWarn()
                .addKeyValue("vm", vm.id())
                .addKeyValue("change", change.words())
                .addKeyValue("kind", why.kind())
                .addKeyValue("error", why.getMessage())
                .log("change failed");
        try {
            device.undo(change, spec);
            return true;
        } catch (DriverException e) {
            return switch (e.kind()) {
                case REFUSED, NOT_NOW, HOST -> true;
                case GONE, SILENT -> false;
            };
        }
    }

    /// Finishes a change that was cut short, or undoes it where the VMM refuses it.
    void conclude(Change change) {
        var spec = vm.record().spec();
        if (!(change.on(spec) instanceof Outcome.Done<VmSpec>(var target))) {
            vm.commit(spec, Pending.none());
            return;
        }
        LOG.atInfo()
                .addKeyValue("vm", vm.id())
                .addKeyValue("change", change.words())
                .log("concluding a change that was cut short");
        // What a VMM may have already counts, whoever else wants it.
        ground.capacity().adopt(vm.id(), Math.max(spec.memory().bytes(), target.memory().bytes()));
        var _ =
                ground.locks()
                        .adopt(vm.id(), vm.requireLive().launch(), ground.checks().uses(target));
        perform(change, target);
    }
}
