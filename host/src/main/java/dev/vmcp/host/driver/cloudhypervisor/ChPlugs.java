package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Hotplug;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.vmm.HostFault;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Devices that come and go. A guest without PCI hotplug never lets one go.
final class ChPlugs implements Hotplug {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final ChApi api;
    private final Launch launch;
    private final ChPrepared.Room room;
    private final List<String> wired;

    /// @param wired the TAPs whose traffic is the VM's; changes with its NICs
    ChPlugs(ChApi api, Launch launch, ChPrepared.Room room, List<String> wired) {
        this.api = api;
        this.launch = launch;
        this.room = room;
        this.wired = wired;
    }

    @Override
    public void attach(VmSpec.Disk disk, Deadline deadline) {
        if (api.info(deadline).configured("disks", DeviceIds.of(disk))) {
            return;
        }
        try {
            var placed = Placed.plugged(disk, launch, room.files());
            api.put("vm.add-disk", VmConfig.disk(disk, placed), deadline);
        } catch (IOException e) {
            throw HostFault.of(e);
        }
    }

    @Override
    public void detachDisk(String id, Deadline deadline) {
        detach("disks", DeviceIds.ofDisk(id), deadline);
    }

    @Override
    public void attach(VmSpec.Nic nic, Deadline deadline) {
        if (!api.info(deadline).configured("net", DeviceIds.of(nic))) {
            addNic(api, nic, room.taps(), deadline);
        }
        if (!wired.contains(nic.tap())) {
            wired.add(nic.tap());
        }
    }

    @Override
    public void detachNic(String id, Deadline deadline) {
        detach("net", DeviceIds.ofNic(id), deadline);
    }

    /// By descriptor: the VMM needs no right on the TAP, and makes none where there is none.
    static void addNic(ChApi api, VmSpec.Nic nic, TapAccess taps, Deadline deadline) {
        int tap;
        try {
            tap = taps.open(nic.tap());
        } catch (ProcessException e) {
            throw HostFault.of(e);
        }
        try {
            api.put("vm.add-net", VmConfig.nic(nic), List.of(tap), deadline);
        } finally {
            Descriptors.close(tap);
        }
    }

    /// The configuration loses the device at once, the guest when it lets go.
    private void detach(String section, String id, Deadline deadline) {
        var info = api.info(deadline);
        if (info.configured(section, id)) {
            api.put("vm.remove-device", Map.of("id", id), deadline);
            info = api.info(deadline);
        }
        while (info.plugged(id)) {
            if (deadline.remaining().compareTo(LOOK_AGAIN) <= 0) {
                throw new DriverException(
                        Kind.SILENT, "the guest has not let go of the device in time");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            info = api.info(deadline);
        }
    }
}
