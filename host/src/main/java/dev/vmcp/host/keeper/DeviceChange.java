package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Change;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.process.Deadline;
import java.util.Optional;

/// Tells a VMM to bring about a change, or to take it back. Both may be repeated.
final class DeviceChange {

    private final Live live;
    private final Ground.Limits limits;

    DeviceChange(Live live, Ground.Limits limits) {
        this.live = live;
        this.limits = limits;
    }

    /// @throws DriverException as the VMM does
    void apply(Change change, VmSpec from, VmSpec to) {
        var deadline = Deadline.in(limits.guest());
        switch (change) {
            case Change.Resize _ -> resize(from, to);
            case Change.AttachDisk(var disk) when change.replaces(from) ->
                    present(live.replacing(), "replace disks").replace(disk, deadline);
            case Change.AttachDisk(var disk) ->
                    present(live.hotplug(), "plug disks in").attach(disk, deadline);
            case Change.DetachDisk(var id) ->
                    present(live.hotplug(), "unplug disks").detachDisk(id, deadline);
            case Change.AttachNic(var nic) when change.replaces(from) ->
                    present(live.replacing(), "replace interfaces").replace(nic, deadline);
            case Change.AttachNic(var nic) ->
                    present(live.hotplug(), "plug interfaces in").attach(nic, deadline);
            case Change.DetachNic(var id) ->
                    present(live.hotplug(), "unplug interfaces").detachNic(id, deadline);
        }
    }

    /// Brings the guest back to what `spec` says. A device that was to go stays as it is: the guest
    /// may have let go of it or not.
    ///
    /// @throws DriverException as the VMM does
    void undo(Change change, VmSpec spec) {
        var deadline = Deadline.in(limits.guest());
        switch (change) {
            case Change.Resize(var cpus, var memory) -> {
                if (cpus != 0) {
                    present(live.resizing(), "resize").resizeCpus(spec.cpu().count(), deadline);
                }
                if (memory != 0) {
                    present(live.resizing(), "resize")
                            .resizeMemory(spec.memory().bytes(), deadline);
                }
            }
            case Change.AttachDisk(var disk) ->
                    spec.disks().stream()
                            .filter(old -> old.id().equals(disk.id()))
                            .findFirst()
                            .ifPresentOrElse(
                                    old ->
                                            present(live.replacing(), "replace")
                                                    .replace(old, deadline),
                                    () ->
                                            present(live.hotplug(), "unplug")
                                                    .detachDisk(disk.id(), deadline));
            case Change.AttachNic(var nic) ->
                    spec.nics().stream()
                            .filter(old -> old.id().equals(nic.id()))
                            .findFirst()
                            .ifPresentOrElse(
                                    old ->
                                            present(live.replacing(), "replace")
                                                    .replace(old, deadline),
                                    () ->
                                            present(live.hotplug(), "unplug")
                                                    .detachNic(nic.id(), deadline));
            case Change.DetachDisk _, Change.DetachNic _ -> {}
        }
    }

    private void resize(VmSpec from, VmSpec to) {
        var resizing = present(live.resizing(), "resize a guest that runs");
        var deadline = Deadline.in(limits.guest());
        if (to.cpu().count() != from.cpu().count()) {
            resizing.resizeCpus(to.cpu().count(), deadline);
        }
        if (to.memory().bytes() != from.memory().bytes()) {
            resizing.resizeMemory(to.memory().bytes(), deadline);
        }
    }

    private static <T> T present(Optional<T> part, String doing) {
        return part.orElseThrow(() ->
                new DriverException(DriverException.Kind.REFUSED, "this VM's VMM cannot " + doing));
    }
}
