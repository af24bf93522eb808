package dev.vmcp.host.endpoint;

import com.google.protobuf.UnsafeByteOperations;
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
import dev.vmcp.api.host.v1.ExplainBackendRequest;
import dev.vmcp.api.host.v1.ExplainBackendResponse;
import dev.vmcp.api.host.v1.GetCapabilitiesRequest;
import dev.vmcp.api.host.v1.GetCapabilitiesResponse;
import dev.vmcp.api.host.v1.HostServiceGrpc;
import dev.vmcp.api.host.v1.ListSnapshotsRequest;
import dev.vmcp.api.host.v1.ListSnapshotsResponse;
import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.api.host.v1.ReadConsoleResponse;
import dev.vmcp.api.host.v1.ResizeVmRequest;
import dev.vmcp.api.host.v1.ResizeVmResponse;
import dev.vmcp.api.host.v1.RestoreVmRequest;
import dev.vmcp.api.host.v1.RestoreVmResponse;
import dev.vmcp.api.host.v1.SnapshotVmRequest;
import dev.vmcp.api.host.v1.SnapshotVmResponse;
import dev.vmcp.api.host.v1.StreamConsoleRequest;
import dev.vmcp.api.host.v1.StreamConsoleResponse;
import dev.vmcp.api.host.v1.WatchVmsRequest;
import dev.vmcp.api.host.v1.WatchVmsResponse;
import dev.vmcp.api.host.v1.WriteConsoleRequest;
import dev.vmcp.api.host.v1.WriteConsoleResponse;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.console.Console;
import dev.vmcp.host.keeper.Admission;
import dev.vmcp.host.keeper.Backends;
import dev.vmcp.host.keeper.Keepers;
import dev.vmcp.host.keeper.VmKeeper;
import dev.vmcp.host.process.Deadline;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// `vmcp.host.v1.HostService`. Streams block their (virtual) thread while they wait.
public final class HostServiceEndpoint extends HostServiceGrpc.HostServiceImplBase {

    private static final Duration LONGEST_WRITE = Duration.ofSeconds(10);

    private final Calls calls;
    private final ChangeCalls changes;
    private final Watching watching;
    private final Backends backends;
    private final Admission admission;

    public HostServiceEndpoint(Keepers keepers, Backends backends, Admission admission) {
        this.calls = new Calls(keepers);
        this.changes = new ChangeCalls(keepers);
        this.watching = new Watching(keepers);
        this.backends = backends;
        this.admission = admission;
    }

    @Override
    public void watchVms(WatchVmsRequest request, StreamObserver<WatchVmsResponse> to) {
        if (!request.getVmId().isEmpty()
                && calls.find(request.getVmId()) instanceof Outcome.Refused<?>(var problem)) {
            to.onError(ProblemMapping.toStatus(problem));
            return;
        }
        watching.watch(request, to);
    }

    @Override
    public void readConsole(ReadConsoleRequest request, StreamObserver<ReadConsoleResponse> to) {
        switch (calls.findConsole(request.getVmId())) {
            case Outcome.Refused<?>(var problem) -> to.onError(ProblemMapping.toStatus(problem));
            case Outcome.Done<VmKeeper>(var keeper) -> {
                var reader =
                        new ConsoleReader(
                                keeper.console(), request.getCursor(), request.getFollow());
                reader.run(chunk ->
                        to.onNext(
                                ReadConsoleResponse.newBuilder()
                                        .setData(UnsafeByteOperations.unsafeWrap(chunk.data()))
                                        .setNextCursor(chunk.next())
                                        .setGapBytes(chunk.gap())
                                        .build()));
                to.onCompleted();
            }
        }
    }

    @Override
    public void writeConsole(WriteConsoleRequest request, StreamObserver<WriteConsoleResponse> to) {
        var outcome =
                calls.findConsole(request.getVmId())
                        .then(keeper ->
                                written(
                                        request.getVmId(),
                                        keeper,
                                        request.getData().toByteArray()));
        Calls.answer(
                outcome.map(count -> WriteConsoleResponse.newBuilder().setWritten(count).build()),
                to);
    }

    static Outcome<Integer> written(String vmId, VmKeeper vm, byte[] data) {
        var deadline = Context.current().getDeadline();
        var limit = Deadline.in(LONGEST_WRITE);
        if (deadline != null) {
            limit = limit.atMost(Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)));
        }
        try {
            return Outcome.done(vm.send(data, limit));
        } catch (Console.NotWritable e) {
            return Outcome.refused(
                    new Problem.NotNow(
                            "write to the console of VM " + vmId, String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.refused(new Problem.TimedOut(vmId, "its serial port"));
        }
    }

    @Override
    public StreamObserver<StreamConsoleRequest> streamConsole(
            StreamObserver<StreamConsoleResponse> to) {
        return new ConsoleSession(calls, to);
    }

    @Override
    public void getCapabilities(
            GetCapabilitiesRequest request, StreamObserver<GetCapabilitiesResponse> to) {
        to.onNext(CapabilityMapping.toApi(backends.describe()));
        to.onCompleted();
    }

    @Override
    public void explainBackend(
            ExplainBackendRequest request, StreamObserver<ExplainBackendResponse> to) {
        var spec =
                request.hasConfig()
                        ? Optional.of(SpecMapping.fromApi(request.getConfig()))
                        : Optional.<VmSpec>empty();
        var outcome = admission.explain(spec, request.getBackend());
        Calls.answer(outcome.map(CapabilityMapping::toApi), to);
    }

    @Override
    public void resizeVm(ResizeVmRequest request, StreamObserver<ResizeVmResponse> to) {
        Calls.answer(changes.resize(request), to);
    }

    @Override
    public void attachDisk(AttachDiskRequest request, StreamObserver<AttachDiskResponse> to) {
        Calls.answer(changes.attach(request), to);
    }

    @Override
    public void detachDisk(DetachDiskRequest request, StreamObserver<DetachDiskResponse> to) {
        Calls.answer(changes.detach(request), to);
    }

    @Override
    public void attachNic(AttachNicRequest request, StreamObserver<AttachNicResponse> to) {
        Calls.answer(changes.attach(request), to);
    }

    @Override
    public void detachNic(DetachNicRequest request, StreamObserver<DetachNicResponse> to) {
        Calls.answer(changes.detach(request), to);
    }

    @Override
    public void snapshotVm(SnapshotVmRequest request, StreamObserver<SnapshotVmResponse> to) {
        Calls.answer(changes.save(request), to);
    }

    @Override
    public void restoreVm(RestoreVmRequest request, StreamObserver<RestoreVmResponse> to) {
        Calls.answer(changes.restore(request), to);
    }

    @Override
    public void deleteSnapshot(
            DeleteSnapshotRequest request, StreamObserver<DeleteSnapshotResponse> to) {
        Calls.answer(changes.delete(request), to);
    }

    @Override
    public void listSnapshots(
            ListSnapshotsRequest request, StreamObserver<ListSnapshotsResponse> to) {
        Calls.answer(Outcome.done(changes.list(request)), to);
    }
}
