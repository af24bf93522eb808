package dev.vmcp.host.endpoint;

import dev.vmcp.api.host.v1.AttachDiskRequest;
import dev.vmcp.api.host.v1.AttachDiskResponse;
import dev.vmcp.api.host.v1.AttachNicRequest;
import dev.vmcp.api.host.v1.AttachNicResponse;
import dev.vmcp.api.host.v1.DeleteSnapshotRequest;
import dev.vmcp.api.host.v1.DeleteSnapshotResponse;
import dev.vmcp.api.host.v1.DetachDiskRequest;
import dev.vmcp.api.host.v1.DetachDiskResponse;
import dev.vmcp.api.host.v1.DetachNicRequest;
import dev.vmcp.api.host.v1.DetachNicResponse;
import dev.vmcp.api.host.v1.ListSnapshotsRequest;
import dev.vmcp.api.host.v1.ListSnapshotsResponse;
import dev.vmcp.api.host.v1.ResizeVmRequest;
import dev.vmcp.api.host.v1.ResizeVmResponse;
import dev.vmcp.api.host.v1.RestoreVmRequest;
import dev.vmcp.api.host.v1.RestoreVmResponse;
import dev.vmcp.api.host.v1.Snapshot;
import dev.vmcp.api.host.v1.SnapshotVmRequest;
import dev.vmcp.api.host.v1.SnapshotVmResponse;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.Change;
import dev.vmcp.host.keeper.Keepers;
import dev.vmcp.host.keeper.Saved;
import dev.vmcp.host.keeper.SnapshotStore;
import dev.vmcp.host.keeper.Wish;

/// The calls of `vmcp.host.v1` that change, save and restore VMs, without their transport.
final class ChangeCalls {

    private final Calls calls;
    private final SnapshotStore snapshots;

    ChangeCalls(Keepers keepers) {
        this.calls = new Calls(keepers);
        this.snapshots = keepers.snapshots();
    }

    private Outcome<String> alter(String vmId, Change change) {
        return calls.ask(vmId, new Wish.Alter(change)).map(_ -> vmId);
    }

    Outcome<ResizeVmResponse> resize(ResizeVmRequest request) {
        var change = new Change.Resize(request.getVcpuCount(), request.getMemorySizeBytes());
        return alter(request.getVmId(), change)
                .then(calls::find)
                .map(keeper -> {
                    var spec = keeper.view().record().spec();
                    return ResizeVmResponse.newBuilder()
                            .setVcpuCount(spec.cpu().count())
                            .setMemorySizeBytes(spec.memory().bytes())
                            .build();
                });
    }

    Outcome<AttachDiskResponse> attach(AttachDiskRequest request) {
        return alter(
                        request.getVmId(),
                        new Change.AttachDisk(SpecMapping.fromApi(request.getDisk())))
                .map(_ -> AttachDiskResponse.getDefaultInstance());
    }

    Outcome<DetachDiskResponse> detach(DetachDiskRequest request) {
        return alter(request.getVmId(), new Change.DetachDisk(request.getDiskId()))
                .map(_ -> DetachDiskResponse.getDefaultInstance());
    }

    Outcome<AttachNicResponse> attach(AttachNicRequest request) {
        return alter(request.getVmId(), new Change.AttachNic(SpecMapping.fromApi(request.getNic())))
                .map(_ -> AttachNicResponse.getDefaultInstance());
    }

    Outcome<DetachNicResponse> detach(DetachNicRequest request) {
        return alter(request.getVmId(), new Change.DetachNic(request.getNicId()))
                .map(_ -> DetachNicResponse.getDefaultInstance());
    }

    Outcome<SnapshotVmResponse> save(SnapshotVmRequest request) {
        return calls.ask(
                        request.getVmId(),
                        new Wish.Save(request.getSnapshotId(), request.getDiff()))
                .then(reply -> snapshots.get(reply.outcome()))
                .map(snapshot ->
                        SnapshotVmResponse.newBuilder().setSnapshot(toApi(snapshot)).build());
    }

    Outcome<RestoreVmResponse> restore(RestoreVmRequest request) {
        return calls.ask(request.getVmId(), new Wish.Restore(request.getSnapshotId()))
                .map(_ -> RestoreVmResponse.getDefaultInstance());
    }

    ListSnapshotsResponse list(ListSnapshotsRequest request) {
        var wanted = request.getVmId();
        var answer = ListSnapshotsResponse.newBuilder();
        snapshots.all().stream()
                .filter(one -> wanted.isEmpty() || one.vm().equals(wanted))
                .map(ChangeCalls::toApi)
                .forEach(answer::addSnapshots);
        return answer.build();
    }

    Outcome<DeleteSnapshotResponse> delete(DeleteSnapshotRequest request) {
        return snapshots
                .delete(request.getSnapshotId())
                .map(_ -> DeleteSnapshotResponse.getDefaultInstance());
    }

    private static Snapshot toApi(Saved snapshot) {
        return Snapshot.newBuilder()
                .setSnapshotId(snapshot.id())
                .setVmId(snapshot.vm())
                .setBackend(snapshot.backend())
                .setBackendVersion(snapshot.version())
                .setCreatedAtMillis(snapshot.created().toEpochMilli())
                .setSizeBytes(snapshot.size())
                .setDiff(snapshot.diff())
                .setBaseId(snapshot.base())
                .build();
    }
}
