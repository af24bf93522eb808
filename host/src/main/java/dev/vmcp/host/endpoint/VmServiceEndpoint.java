package dev.vmcp.host.endpoint;

import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.BootVmResponse;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.CreateVmResponse;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmResponse;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoResponse;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.ListVmsResponse;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.PauseVmResponse;
import dev.vmcp.api.vmm.v1.RebootVmRequest;
import dev.vmcp.api.vmm.v1.RebootVmResponse;
import dev.vmcp.api.vmm.v1.ResumeVmRequest;
import dev.vmcp.api.vmm.v1.ResumeVmResponse;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmResponse;
import dev.vmcp.api.vmm.v1.VmServiceGrpc;
import dev.vmcp.core.backend.BackendChoice;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.keeper.Admission;
import dev.vmcp.host.keeper.Ask;
import dev.vmcp.host.keeper.Keepers;
import dev.vmcp.host.keeper.VmKeeper;
import io.grpc.MethodDescriptor;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `vmm.v1.VmService`. [#getVmInfo] and [#listVms] never wait and may run on an event loop; every
/// other call waits for its step and needs a thread that may block.
public final class VmServiceEndpoint extends VmServiceGrpc.VmServiceImplBase {

    private static final int LONGEST_TIMEOUT_SECONDS = 3600;

    private final Admission admission;
    private final Keepers keepers;
    private final Calls calls;
    private final Listing listing;

    public VmServiceEndpoint(Admission admission, Keepers keepers) {
        this.admission = admission;
        this.keepers = keepers;
        this.calls = new Calls(keepers);
        this.listing = new Listing(keepers);
    }

    /// The methods that never wait.
    public static MethodDescriptor<?, ?>[] quickReads() {
        return new MethodDescriptor<?, ?>[] {
            VmServiceGrpc.getGetVmInfoMethod(), VmServiceGrpc.getListVmsMethod()
        };
    }

    @Override
    public void createVm(CreateVmRequest request, StreamObserver<CreateVmResponse> to) {
        var spec = SpecMapping.fromApi(request.getConfig());
        var outcome =
                made(request, spec)
                        .map(Outcome::done)
                        .orElseGet(() ->
                                admission
                                        .admit(request.getVmId(), spec, request.getBackend())
                                        .then(keepers::create));
        Calls.answer(
                outcome.map(keeper -> {
                    var record = keeper.view().record();
                    return CreateVmResponse.newBuilder()
                            .setVmId(record.id().value())
                            .setState(ViewMapping.state(record.phase()))
                            .build();
                }),
                to);
    }

    /// The VM that an earlier create like this one made. What has become of its files and of the
    /// host's backends since then does not count: a create that is repeated must not fail where the
    /// first did not.
    private Optional<VmKeeper> made(CreateVmRequest request, VmSpec spec) {
        var backend = request.getBackend();
        return VmId.parse(request.getVmId())
                .flatMap(keepers::find)
                .filter(keeper -> {
                    var record = keeper.view().record();
                    boolean same =
                            backend.isEmpty()
                                    || backend.equals(BackendChoice.AUTO)
                                    || backend.equals(record.backend());
                    return same
                            && record.spec().equals(spec)
                            && !(record.phase() instanceof Phase.Deleting);
                });
    }

    @Override
    public void deleteVm(DeleteVmRequest request, StreamObserver<DeleteVmResponse> to) {
        var ask = Ask.of(Verb.DELETE, request.getForce());
        var outcome = calls.ask(request.getVmId(), ask);
        Calls.answer(outcome.map(_ -> DeleteVmResponse.newBuilder().setSuccess(true).build()), to);
    }

    @Override
    public void bootVm(BootVmRequest request, StreamObserver<BootVmResponse> to) {
        var outcome = calls.ask(request.getVmId(), Ask.of(Verb.BOOT));
        Calls.answer(
                outcome.map(reply ->
                        BootVmResponse.newBuilder()
                                .setSuccess(true)
                                .setState(ViewMapping.state(reply.phase()))
                                .build()),
                to);
    }

    @Override
    public void shutdownVm(ShutdownVmRequest request, StreamObserver<ShutdownVmResponse> to) {
        var outcome =
                grace(request.getTimeoutSeconds())
                        .map(grace -> new Ask(Verb.SHUTDOWN, request.getForce(), grace))
                        .then(ask -> calls.ask(request.getVmId(), ask));
        Calls.answer(
                outcome.map(reply ->
                        ShutdownVmResponse.newBuilder()
                                .setSuccess(true)
                                .setState(ViewMapping.state(reply.phase()))
                                .setOutcome(reply.outcome())
                                .build()),
                to);
    }

    private static Outcome<Optional<Duration>> grace(int seconds) {
        if (seconds == 0) {
            return Outcome.done(Optional.empty());
        }
        if (seconds < 0 || seconds > LONGEST_TIMEOUT_SECONDS) {
            var expected = "0 to " + LONGEST_TIMEOUT_SECONDS;
            var violation = Violation.of("timeout_seconds", seconds, expected);
            return Outcome.refused(new Problem.InvalidInput(List.of(violation)));
        }
        return Outcome.done(Optional.of(Duration.ofSeconds(seconds)));
    }

    @Override
    public void pauseVm(PauseVmRequest request, StreamObserver<PauseVmResponse> to) {
        var outcome = calls.ask(request.getVmId(), Ask.of(Verb.PAUSE));
        Calls.answer(
                outcome.map(reply ->
                        PauseVmResponse.newBuilder()
                                .setSuccess(true)
                                .setState(ViewMapping.state(reply.phase()))
                                .build()),
                to);
    }

    @Override
    public void resumeVm(ResumeVmRequest request, StreamObserver<ResumeVmResponse> to) {
        var outcome = calls.ask(request.getVmId(), Ask.of(Verb.RESUME));
        Calls.answer(
                outcome.map(reply ->
                        ResumeVmResponse.newBuilder()
                                .setSuccess(true)
                                .setState(ViewMapping.state(reply.phase()))
                                .build()),
                to);
    }

    @Override
    public void rebootVm(RebootVmRequest request, StreamObserver<RebootVmResponse> to) {
        var ask = Ask.of(Verb.REBOOT, request.getForce());
        var outcome = calls.ask(request.getVmId(), ask);
        Calls.answer(
                outcome.map(reply ->
                        RebootVmResponse.newBuilder()
                                .setSuccess(true)
                                .setState(ViewMapping.state(reply.phase()))
                                .build()),
                to);
    }

    @Override
    public void getVmInfo(GetVmInfoRequest request, StreamObserver<GetVmInfoResponse> to) {
        var outcome = calls.find(request.getVmId());
        Calls.answer(outcome.map(keeper -> ViewMapping.info(keeper.view())), to);
    }

    @Override
    public void listVms(ListVmsRequest request, StreamObserver<ListVmsResponse> to) {
        Calls.answer(listing.page(request), to);
    }
}
