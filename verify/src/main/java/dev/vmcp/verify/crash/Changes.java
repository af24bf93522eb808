package dev.vmcp.verify.crash;

import dev.vmcp.api.host.v1.AttachDiskRequest;
import dev.vmcp.api.host.v1.DeleteSnapshotRequest;
import dev.vmcp.api.host.v1.DetachDiskRequest;
import dev.vmcp.api.host.v1.RestoreVmRequest;
import dev.vmcp.api.host.v1.SnapshotVmRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.client.HostClient;
import dev.vmcp.verify.crash.Known.Place;
import dev.vmcp.verify.harness.VmmProcesses;
import java.util.Set;

/// The calls of the storm that change, save and restore a VM. What an earlier call, whose answer
/// was lost, may have done already is no fault.
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
        unless(
                Set.of(Code.NOT_FOUND),
                () ->
                        client.detachDisk(
                                DetachDiskRequest.newBuilder()
                                        .setVmId(vm.vm)
                                        .setDiskId(Guests.MORE)
                                        .build()));
    }

    /// Saves its state, or removes the one that was saved before.
    void save(Known vm) {
        vm.saving = true;
        var saved =
                unless(
                        Set.of(Code.ALREADY_EXISTS),
                        () ->
                                client.snapshotVm(
                                        SnapshotVmRequest.newBuilder()
                                                .setVmId(vm.vm)
                                                .setSnapshotId(vm.snapshot)
                                                .build()));
        if (!saved) {
            unless(
                    Set.of(Code.NOT_FOUND),
                    () ->
                            client.deleteSnapshot(
                                    DeleteSnapshotRequest.newBuilder()
                                            .setSnapshotId(vm.snapshot)
                                            .build()));
        }
        vm.saving = false;
    }

    /// Starts it from what was saved, where something was and fits what the VM is by now.
    void restore(Known vm) {
        var restored =
                unless(
                        Set.of(Code.NOT_FOUND, Code.FAILED_PRECONDITION, Code.INVALID_ARGUMENT),
                        () ->
                                client.restoreVm(
                                        RestoreVmRequest.newBuilder()
                                                .setVmId(vm.vm)
                                                .setSnapshotId(vm.snapshot)
                                                .build()));
        if (restored) {
            vm.at(Place.RUNNING);
            var info = client.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm.vm).build());
            vm.pid = Long.parseLong(info.getBackendInfoOrDefault("pid", "0"));
            vm.startTicks = VmmProcesses.startTicks(vm.pid).orElse(0L);
        }
    }

    /// Whether the call was answered well; false when refused by one of these codes.
    private static boolean unless(Set<Code> codes, Runnable call) {
        try {
            call.run();
            return true;
        } catch (CallFailed e) {
            if (codes.contains(e.code())) {
                return false;
            }
            throw e;
        }
    }
}
