package dev.vmcp.client;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.vmcp.api.host.v1.AttachDiskRequest;
import dev.vmcp.api.host.v1.AttachDiskResponse;
import dev.vmcp.api.host.v1.AttachNicRequest;
import dev.vmcp.api.host.v1.AttachNicResponse;
import dev.vmcp.api.host.v1.CreateTokenRequest;
import dev.vmcp.api.host.v1.CreateTokenResponse;
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
import dev.vmcp.api.host.v1.GetLogLevelRequest;
import dev.vmcp.api.host.v1.GetLogLevelResponse;
import dev.vmcp.api.host.v1.ListSnapshotsRequest;
import dev.vmcp.api.host.v1.ListSnapshotsResponse;
import dev.vmcp.api.host.v1.ListTokensRequest;
import dev.vmcp.api.host.v1.ListTokensResponse;
import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.api.host.v1.ReadConsoleResponse;
import dev.vmcp.api.host.v1.ResizeVmRequest;
import dev.vmcp.api.host.v1.ResizeVmResponse;
import dev.vmcp.api.host.v1.RestoreVmRequest;
import dev.vmcp.api.host.v1.RestoreVmResponse;
import dev.vmcp.api.host.v1.RevokeTokenRequest;
import dev.vmcp.api.host.v1.RevokeTokenResponse;
import dev.vmcp.api.host.v1.SetLogLevelRequest;
import dev.vmcp.api.host.v1.SetLogLevelResponse;
import dev.vmcp.api.host.v1.SnapshotVmRequest;
import dev.vmcp.api.host.v1.SnapshotVmResponse;
import dev.vmcp.api.host.v1.WatchVmsRequest;
import dev.vmcp.api.host.v1.WatchVmsResponse;
import dev.vmcp.api.host.v1.WriteConsoleRequest;
import dev.vmcp.api.host.v1.WriteConsoleResponse;
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
import java.time.Duration;

/// One host's API. Safe for use by many threads; connections are opened when needed and kept for
/// the next call. Every method throws [CallFailed].
public final class HostClient implements AutoCloseable {
    private static final String VMS = "/vmm.v1.VmService/";
    private static final String LOGS = "/vmcp.host.v1.LogService/";
    private static final String HOST = "/vmcp.host.v1.HostService/";
    private static final String ACCESS = "/vmcp.host.v1.AccessService/";

    private final Dialer dialer;
    private final Calls calls;
    private final Duration limit;

    private HostClient(Dialer dialer, Calls calls, Duration limit) {
        this.dialer = dialer;
        this.calls = calls;
        this.limit = limit;
    }

    /// Opens nothing yet: the first call does.
    ///
    /// @param token the bearer token; empty = none
    public static HostClient of(Endpoint endpoint, TlsFiles files, String token) {
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("token: not shown (expected: visible ASCII)");
        }
        var dialer = new Dialer(endpoint, files);
        return new HostClient(dialer, new Calls(dialer, token), Duration.ZERO);
    }

    /// The same client, whose unary calls each have this long; zero = no limit. The host is told,
    /// and stops waiting too.
    public HostClient within(Duration limit) {
        return new HostClient(dialer, calls, limit);
    }

    public CreateVmResponse createVm(CreateVmRequest request) {
        return calls.unary(
                new Method<>(VMS + "CreateVm", false, CreateVmResponse.parser()), request, limit);
    }

    public DeleteVmResponse deleteVm(DeleteVmRequest request) {
        return calls.unary(
                new Method<>(VMS + "DeleteVm", false, DeleteVmResponse.parser()), request, limit);
    }

    public BootVmResponse bootVm(BootVmRequest request) {
        return calls.unary(
                new Method<>(VMS + "BootVm", false, BootVmResponse.parser()), request, limit);
    }

    public ShutdownVmResponse shutdownVm(ShutdownVmRequest request) {
        return calls.unary(
                new Method<>(VMS + "ShutdownVm", false, ShutdownVmResponse.parser()),
                request,
                limit);
    }

    public PauseVmResponse pauseVm(PauseVmRequest request) {
        return calls.unary(
                new Method<>(VMS + "PauseVm", false, PauseVmResponse.parser()), request, limit);
    }

    public ResumeVmResponse resumeVm(ResumeVmRequest request) {
        return calls.unary(
                new Method<>(VMS + "ResumeVm", false, ResumeVmResponse.parser()), request, limit);
    }

    public RebootVmResponse rebootVm(RebootVmRequest request) {
        return calls.unary(
                new Method<>(VMS + "RebootVm", false, RebootVmResponse.parser()), request, limit);
    }

    public GetVmInfoResponse getVmInfo(GetVmInfoRequest request) {
        return calls.unary(
                new Method<>(VMS + "GetVmInfo", true, GetVmInfoResponse.parser()), request, limit);
    }

    public ListVmsResponse listVms(ListVmsRequest request) {
        return calls.unary(
                new Method<>(VMS + "ListVms", true, ListVmsResponse.parser()), request, limit);
    }

    public GetCapabilitiesResponse getCapabilities(GetCapabilitiesRequest request) {
        return calls.unary(
                new Method<>(HOST + "GetCapabilities", true, GetCapabilitiesResponse.parser()),
                request,
                limit);
    }

    public ExplainBackendResponse explainBackend(ExplainBackendRequest request) {
        return calls.unary(
                new Method<>(HOST + "ExplainBackend", true, ExplainBackendResponse.parser()),
                request,
                limit);
    }

    public WriteConsoleResponse writeConsole(WriteConsoleRequest request) {
        return calls.unary(
                new Method<>(HOST + "WriteConsole", false, WriteConsoleResponse.parser()),
                request,
                limit);
    }

    public ResizeVmResponse resizeVm(ResizeVmRequest request) {
        return unary("ResizeVm", false, ResizeVmResponse.parser(), request);
    }

    public AttachDiskResponse attachDisk(AttachDiskRequest request) {
        return unary("AttachDisk", false, AttachDiskResponse.parser(), request);
    }

    public DetachDiskResponse detachDisk(DetachDiskRequest request) {
        return unary("DetachDisk", false, DetachDiskResponse.parser(), request);
    }

    public AttachNicResponse attachNic(AttachNicRequest request) {
        return unary("AttachNic", false, AttachNicResponse.parser(), request);
    }

    public DetachNicResponse detachNic(DetachNicRequest request) {
        return unary("DetachNic", false, DetachNicResponse.parser(), request);
    }

    public SnapshotVmResponse snapshotVm(SnapshotVmRequest request) {
        return unary("SnapshotVm", false, SnapshotVmResponse.parser(), request);
    }

    public RestoreVmResponse restoreVm(RestoreVmRequest request) {
        return unary("RestoreVm", false, RestoreVmResponse.parser(), request);
    }

    public DeleteSnapshotResponse deleteSnapshot(DeleteSnapshotRequest request) {
        return unary("DeleteSnapshot", false, DeleteSnapshotResponse.parser(), request);
    }

    public ListSnapshotsResponse listSnapshots(ListSnapshotsRequest request) {
        return unary("ListSnapshots", true, ListSnapshotsResponse.parser(), request);
    }

    public CreateTokenResponse createToken(CreateTokenRequest request) {
        return calls.unary(
                new Method<>(ACCESS + "CreateToken", false, CreateTokenResponse.parser()),
                request,
                limit);
    }

    public ListTokensResponse listTokens(ListTokensRequest request) {
        return calls.unary(
                new Method<>(ACCESS + "ListTokens", true, ListTokensResponse.parser()),
                request,
                limit);
    }

    public RevokeTokenResponse revokeToken(RevokeTokenRequest request) {
        return calls.unary(
                new Method<>(ACCESS + "RevokeToken", false, RevokeTokenResponse.parser()),
                request,
                limit);
    }

    /// Needs the scope `admin`.
    public GetLogLevelResponse getLogLevel(GetLogLevelRequest request) {
        var method = new Method<>(LOGS + "GetLogLevel", true, GetLogLevelResponse.parser());
        return calls.unary(method, request, limit);
    }

    /// Needs the scope `admin`.
    public SetLogLevelResponse setLogLevel(SetLogLevelRequest request) {
        var method = new Method<>(LOGS + "SetLogLevel", false, SetLogLevelResponse.parser());
        return calls.unary(method, request, limit);
    }

    private <R extends Message> R unary(
            String name, boolean safe, Parser<R> parser, Message request) {
        return calls.unary(new Method<>(HOST + name, safe, parser), request, limit);
    }

    /// The caller closes the stream.
    public ServerStream<WatchVmsResponse> watchVms(WatchVmsRequest request) {
        return calls.stream(
                new Method<>(HOST + "WatchVms", true, WatchVmsResponse.parser()), request);
    }

    /// The caller closes the stream.
    public ServerStream<ReadConsoleResponse> readConsole(ReadConsoleRequest request) {
        return calls.stream(
                new Method<>(HOST + "ReadConsole", true, ReadConsoleResponse.parser()), request);
    }

    @Override
    public void close() {
        dialer.close();
    }
}
