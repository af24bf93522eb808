package dev.vmcp.verify.crash;

import dev.vmcp.api.host.v1.AttachDiskRequest;
import dev.vmcp.api.host.v1.DetachDiskRequest;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.client.HostClient;

/// The calls of the storm that change what a VM has. What an earlier call, whose answer was lost,
/// may have done already is no fault.
final class Changes {

    private final HostClient client;
    private final Guests guests;

    Changes(HostClient client, Guests guests) {
        this.client = client;
        this.guests = guests;
    }

    /// Gives a disk of Firecracker's another file, and Cloud Hypervisor one more disk.
    void disk(Known vm, boolean spare) {
        var disk =
                vm.saves()
                        ? Guests.storage(Guests.OPEN, spare ? guests.spare(vm) : guests.open(vm))
                        : Guests.storage(Guests.MORE, guests.spare(vm));
        var _ =
                client.attachDisk(
                        AttachDiskRequest.newBuilder().setVmId(vm.vm).setDisk(disk).build());
    }

    void detach(Known vm) {
        try {
            client.detachDisk(
                    DetachDiskRequest.newBuilder().setVmId(vm.vm).setDiskId(Guests.MORE).build());
        } catch (CallFailed e) {
            if (e.code() != Code.NOT_FOUND) {
                throw e;
            }
        }
    }
}
