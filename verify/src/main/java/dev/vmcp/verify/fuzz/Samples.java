package dev.vmcp.verify.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.vmcp.api.host.v1.AttachDiskRequest;
import dev.vmcp.api.host.v1.AttachNicRequest;
import dev.vmcp.api.host.v1.CreateTokenRequest;
import dev.vmcp.api.host.v1.DeleteSnapshotRequest;
import dev.vmcp.api.host.v1.DetachDiskRequest;
import dev.vmcp.api.host.v1.ExplainBackendRequest;
import dev.vmcp.api.host.v1.GetCapabilitiesRequest;
import dev.vmcp.api.host.v1.ListSnapshotsRequest;
import dev.vmcp.api.host.v1.ListTokensRequest;
import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.api.host.v1.ResizeVmRequest;
import dev.vmcp.api.host.v1.RestoreVmRequest;
import dev.vmcp.api.host.v1.RevokeTokenRequest;
import dev.vmcp.api.host.v1.SnapshotVmRequest;
import dev.vmcp.api.host.v1.StreamConsoleRequest;
import dev.vmcp.api.host.v1.WatchVmsRequest;
import dev.vmcp.api.host.v1.WriteConsoleRequest;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.RebootVmRequest;
import dev.vmcp.api.vmm.v1.ResumeVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.api.vmm.v1.StorageDevice;
import dev.vmcp.api.vmm.v1.VmConfig;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.reflection.v1.ServerReflectionRequest;
import java.util.List;
import java.util.stream.Stream;

/// One good request of each method, to be changed.
///
/// @param method `package.Service/Method`
/// @param stream whether it is answered, or sent, as a stream
record Samples(String method, Message request, boolean stream) {

    private static final String VM = "f";
    private static final String VMS = "vmm.v1.VmService/";
    private static final String HOST = "vmcp.host.v1.HostService/";
    private static final String ACCESS = "vmcp.host.v1.AccessService/";

    static List<Samples> of(String kernel) {
        return Stream.of(vms(kernel), host(kernel), others()).flatMap(List::stream).toList();
    }

    private static List<Samples> vms(String kernel) {
        return List.of(
                once(
                        VMS + "CreateVm",
                        CreateVmRequest.newBuilder().setVmId(VM).setConfig(config(kernel))),
                once(VMS + "GetVmInfo", GetVmInfoRequest.newBuilder().setVmId(VM)),
                once(
                        VMS + "ListVms",
                        ListVmsRequest.newBuilder().setPageSize(5).setPageToken("abc")),
                once(
                        VMS + "ShutdownVm",
                        ShutdownVmRequest.newBuilder().setVmId(VM).setTimeoutSeconds(3)),
                once(VMS + "DeleteVm", DeleteVmRequest.newBuilder().setVmId(VM).setForce(true)),
                once(VMS + "PauseVm", PauseVmRequest.newBuilder().setVmId(VM)),
                once(VMS + "ResumeVm", ResumeVmRequest.newBuilder().setVmId(VM)),
                once(VMS + "RebootVm", RebootVmRequest.newBuilder().setVmId(VM)),
                once(VMS + "BootVm", BootVmRequest.newBuilder().setVmId("no-such-vm")),
                once(
                        "cloudhypervisor.v1.VmService/GetVmInfo",
                        GetVmInfoRequest.newBuilder().setVmId(VM)));
    }

    private static List<Samples> host(String kernel) {
        return List.of(
                once(HOST + "ResizeVm", ResizeVmRequest.newBuilder().setVmId(VM).setVcpuCount(2)),
                once(
                        HOST + "AttachDisk",
                        AttachDiskRequest.newBuilder().setVmId(VM).setDisk(disk(kernel))),
                once(
                        HOST + "DetachDisk",
                        DetachDiskRequest.newBuilder().setVmId(VM).setDiskId("d")),
                once(HOST + "AttachNic", AttachNicRequest.newBuilder().setVmId(VM)),
                once(
                        HOST + "SnapshotVm",
                        SnapshotVmRequest.newBuilder().setVmId(VM).setSnapshotId("s")),
                once(
                        HOST + "RestoreVm",
                        RestoreVmRequest.newBuilder().setVmId(VM).setSnapshotId("s")),
                once(HOST + "ListSnapshots", ListSnapshotsRequest.newBuilder().setVmId(VM)),
                once(
                        HOST + "DeleteSnapshot",
                        DeleteSnapshotRequest.newBuilder().setSnapshotId("s")),
                once(
                        HOST + "ExplainBackend",
                        ExplainBackendRequest.newBuilder().setConfig(wired(kernel))),
                once(HOST + "GetCapabilities", GetCapabilitiesRequest.newBuilder()),
                once(
                        HOST + "WriteConsole",
                        WriteConsoleRequest.newBuilder()
                                .setVmId(VM)
                                .setData(ByteString.copyFromUtf8("x"))));
    }

    private static List<Samples> others() {
        return List.of(
                once(
                        ACCESS + "CreateToken",
                        CreateTokenRequest.newBuilder().setName("n").setScope("read")),
                once(ACCESS + "ListTokens", ListTokensRequest.newBuilder()),
                once(
                        ACCESS + "RevokeToken",
                        RevokeTokenRequest.newBuilder().setTokenId("0123456789ab")),
                once(
                        "grpc.health.v1.Health/Check",
                        HealthCheckRequest.newBuilder().setService("vmm.v1.VmService")),
                stream(HOST + "WatchVms", WatchVmsRequest.newBuilder().setVmId("no-such-vm")),
                stream(HOST + "ReadConsole", ReadConsoleRequest.newBuilder().setVmId(VM)),
                stream(HOST + "StreamConsole", StreamConsoleRequest.newBuilder().setVmId(VM)),
                stream(
                        "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                        ServerReflectionRequest.newBuilder()
                                .setFileContainingSymbol("vmm.v1.VmService")));
    }

    private static Samples once(String method, Message.Builder request) {
        return new Samples(method, request.build(), false);
    }

    private static Samples stream(String method, Message.Builder request) {
        return new Samples(method, request.build(), true);
    }

    private static VmConfig config(String kernel) {
        var config = VmConfig.newBuilder();
        config.getCpuBuilder().setVcpuCount(1).setMaxVcpuCount(2);
        config.getMemoryBuilder().setSizeBytes(16 << 20);
        config.getBootBuilder().setKernelPath(kernel).setKernelArgs("quiet");
        config.addStorage(disk(kernel).toBuilder().setIsRootDevice(true));
        config.putMetadata("key", "value").getConsoleBuilder().setEnabled(true);
        return config.build();
    }

    private static VmConfig wired(String kernel) {
        var config = config(kernel).toBuilder();
        config.addNetworkBuilder().setId("eth0").setTapDevice("tap0");
        return config.build();
    }

    private static StorageDevice disk(String path) {
        return StorageDevice.newBuilder().setId("d").setPath(path).setReadOnly(true).build();
    }
}
