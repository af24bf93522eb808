package dev.vmcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AlterVmTest {

    private AnsweringHost host;
    private Shell shell;
    private final AtomicReference<Object> asked = new AtomicReference<>();

    @BeforeEach
    void start() throws IOException {
        host = new AnsweringHost();
        shell = Shell.at(host.url());
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private String ran(String... words) {
        var ran = shell.run(words);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.code()).isZero();
        return ran.out();
    }

    @Test
    void aResizeSaysWhatTheVmHasNow() {
        host.onHost(
                "ResizeVm",
                bytes -> {
                    asked.set(ResizeVmRequest.parseFrom(bytes));
                    return ResizeVmResponse.newBuilder()
                            .setVcpuCount(4)
                            .setMemorySizeBytes(2L << 30)
                            .build();
                });
        assertThat(ran("vm", "resize", "web-1", "--cpus", "4", "--memory", "2GiB"))
                .isEqualTo("web-1 4 cpus, 2 GiB memory\n");
        assertThat(asked.get())
                .isEqualTo(
                        ResizeVmRequest.newBuilder()
                                .setVmId("web-1")
                                .setVcpuCount(4)
                                .setMemorySizeBytes(2L << 30)
                                .build());
        assertThat(ran("vm", "resize", "web-1", "--cpus", "4", "-o", "json"))
                .contains("\"vcpuCount\": 4");
        var nothing = shell.run("vm", "resize", "web-1");
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err()).contains("--cpus or --memory");
    }

    @Test
    void devicesAreWrittenAsForACreate() {
        host.onHost(
                "AttachDisk",
                bytes -> {
                    var request = AttachDiskRequest.parseFrom(bytes);
                    assertThat(request.getDisk().getPath()).isEqualTo("/d/data.img");
                    assertThat(request.getDisk().getId()).isEqualTo("data");
                    assertThat(request.getDisk().getReadOnly()).isTrue();
                    return AttachDiskResponse.getDefaultInstance();
                });
        host.onHost(
                "AttachNic",
                bytes -> {
                    var request = AttachNicRequest.parseFrom(bytes);
                    assertThat(request.getNic().getTapDevice()).isEqualTo("vmtap1");
                    assertThat(request.getNic().getId()).isEqualTo("eth1");
                    return AttachNicResponse.getDefaultInstance();
                });
        assertThat(ran("vm", "attach-disk", "web-1", "/d/data.img,id=data,ro"))
                .isEqualTo("web-1 attached data\n");
        assertThat(ran("vm", "attach-nic", "web-1", "tap=vmtap1,id=eth1"))
                .isEqualTo("web-1 attached eth1\n");
        assertThat(shell.run("vm", "attach-disk", "web-1").code()).isEqualTo(2);
    }

    @Test
    void devicesAreDetachedById() {
        host.onHost(
                "DetachDisk",
                bytes -> {
                    assertThat(DetachDiskRequest.parseFrom(bytes).getDiskId()).isEqualTo("data");
                    return DetachDiskResponse.getDefaultInstance();
                });
        host.onHost(
                "DetachNic",
                bytes -> {
                    assertThat(DetachNicRequest.parseFrom(bytes).getNicId()).isEqualTo("eth1");
                    return DetachNicResponse.getDefaultInstance();
                });
        assertThat(ran("vm", "detach-disk", "web-1", "data")).isEqualTo("web-1 detached data\n");
        assertThat(ran("vm", "detach-nic", "web-1", "eth1")).isEqualTo("web-1 detached eth1\n");
    }

    @Test
    void aGuestIsSavedAndRestored() {
        host.onHost(
                "SnapshotVm",
                bytes -> {
                    var request = SnapshotVmRequest.parseFrom(bytes);
                    assertThat(request.getDiff()).isTrue();
                    return SnapshotVmResponse.newBuilder()
                            .setSnapshot(
                                    Snapshot.newBuilder().setSnapshotId(request.getSnapshotId()))
                            .build();
                });
        host.onHost(
                "RestoreVm",
                bytes -> {
                    assertThat(RestoreVmRequest.parseFrom(bytes).getSnapshotId()).isEqualTo("s1");
                    return RestoreVmResponse.getDefaultInstance();
                });
        assertThat(ran("vm", "snapshot", "web-1", "--id", "s1", "--diff"))
                .isEqualTo("web-1 saved as s1\n");
        assertThat(ran("vm", "restore", "web-1", "s1")).isEqualTo("web-1 running\n");
    }

    @Test
    void snapshotsAreListedAndRemoved() {
        var one =
                Snapshot.newBuilder()
                        .setSnapshotId("s1")
                        .setVmId("web-1")
                        .setBackend("qemu")
                        .setBackendVersion("7.2.22")
                        .setSizeBytes(1L << 30)
                        .setCreatedAtMillis(System.currentTimeMillis() - 7_200_000);
        host.onHost(
                "ListSnapshots",
                bytes -> {
                    var vm = ListSnapshotsRequest.parseFrom(bytes).getVmId();
                    return vm.equals("other")
                            ? ListSnapshotsResponse.getDefaultInstance()
                            : ListSnapshotsResponse.newBuilder().addSnapshots(one).build();
                });
        host.onHost(
                "DeleteSnapshot",
                bytes -> {
                    assertThat(DeleteSnapshotRequest.parseFrom(bytes).getSnapshotId())
                            .isEqualTo("s1");
                    return DeleteSnapshotResponse.getDefaultInstance();
                });
        assertThat(ran("snapshot", "ls").lines().toList().getLast())
                .contains("s1", "web-1", "full", "1 GiB", "qemu", "7.2.22", "2h");
        assertThat(ran("snapshot", "ls", "-o", "name")).isEqualTo("s1\n");
        assertThat(shell.run("snapshot", "ls", "--vm", "other").err())
                .contains("vmcp vm snapshot ID");
        assertThat(ran("snapshot", "rm", "s1")).isEqualTo("s1 removed\n");
    }

    @Test
    void theShellCompletesThem() {
        assertThat(ran("completion", "bash"))
                .contains("resize", "attach-disk", "detach-nic", "snapshot", "restore");
    }
}
