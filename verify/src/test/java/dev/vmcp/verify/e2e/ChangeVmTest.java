package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vmcp.api.host.v1.AttachDiskRequest;
import dev.vmcp.api.host.v1.AttachNicRequest;
import dev.vmcp.api.host.v1.DeleteSnapshotRequest;
import dev.vmcp.api.host.v1.DetachDiskRequest;
import dev.vmcp.api.host.v1.ListSnapshotsRequest;
import dev.vmcp.api.host.v1.ResizeVmRequest;
import dev.vmcp.api.host.v1.RestoreVmRequest;
import dev.vmcp.api.host.v1.SnapshotVmRequest;
import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.api.vmm.v1.CpuConfig;
import dev.vmcp.api.vmm.v1.MemoryConfig;
import dev.vmcp.api.vmm.v1.NetworkInterface;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.api.vmm.v1.StorageDevice;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// VMs that are changed, saved and restored over the API, with a real QEMU.
final class ChangeVmTest {

    private static final String VM = "vm-0";
    private static final long MEMORY = 16 << 20;

    @TempDir static Path directory;
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.in(directory);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void empty() {
        rig.deleteAll();
    }

    /// A guest that may grow. Under TCG the firmware of its machine is fast.
    private static VmConfig roomy() {
        return VmConfig.newBuilder()
                .setCpu(CpuConfig.newBuilder().setVcpuCount(1).setMaxVcpuCount(2))
                .setMemory(
                        MemoryConfig.newBuilder()
                                .setSizeBytes(MEMORY)
                                .setHotplugEnabled(true)
                                .setMaxSizeBytes(4 * MEMORY))
                .setBoot(
                        BootConfig.newBuilder()
                                .setKernelPath(rig.kernel())
                                .setKernelArgs("vmcp.listen")
                                .putBootOptions("accel", "tcg"))
                .build();
    }

    private static StorageDevice disk(String id) throws IOException {
        var file = rig.directory().resolve(id + ".img");
        Files.write(file, new byte[1 << 16]);
        return StorageDevice.newBuilder().setId(id).setPath(file.toString()).build();
    }

    private static CallFailed failure(ThrowingCallable call) {
        return catchThrowableOfType(CallFailed.class, call);
    }

    private static void attach(StorageDevice disk) {
        var _ =
                rig.client()
                        .attachDisk(
                                AttachDiskRequest.newBuilder().setVmId(VM).setDisk(disk).build());
    }

    private static void resize(int cpus, long memory) {
        var answer =
                rig.client()
                        .resizeVm(
                                ResizeVmRequest.newBuilder()
                                        .setVmId(VM)
                                        .setVcpuCount(cpus)
                                        .setMemorySizeBytes(memory)
                                        .build());
        assertThat(answer.getVcpuCount()).isEqualTo(cpus);
        assertThat(answer.getMemorySizeBytes()).isEqualTo(memory);
    }

    @Test
    void aGuestThatRunsGrowsAndKeepsItOverARestartOfTheHost() throws Exception {
        rig.run(VM, roomy());
        long pid = rig.pid(VM);
        attach(disk("data"));
        attach(disk("data"));
        resize(2, 2 * MEMORY);
        assertThat(failure(() -> resize(3, MEMORY)).code()).isEqualTo(Code.INVALID_ARGUMENT);
        rig.restart();
        assertThat(rig.pid(VM)).isEqualTo(pid);
        var config = rig.info(VM).getConfig();
        assertThat(config.getCpu().getVcpuCount()).isEqualTo(2);
        assertThat(config.getMemory().getSizeBytes()).isEqualTo(2 * MEMORY);
        assertThat(config.getStorageList()).containsExactly(disk("data"));
        var saving = SnapshotVmRequest.newBuilder().setVmId(VM).build();
        var grown = failure(() -> rig.client().snapshotVm(saving));
        assertThat(grown.code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(grown.message()).contains("were added while it ran");
        var less = failure(() -> resize(2, MEMORY / 2));
        assertThat(less.code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(less.message()).contains("what it was started with stays");
        var scsi = disk("late").toBuilder().setInterfaceType("scsi").build();
        var unfit = failure(() -> attach(scsi));
        assertThat(unfit.code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(unfit.message()).contains("virtio-blk, not scsi; shut it down first");
        assertThat(rig.phase(VM)).isEqualTo("Running");
    }

    @Test
    void aVmThatIsDownIsChangedOnPaper() throws Exception {
        rig.create(VM);
        attach(disk("data"));
        resize(3, 2 * MEMORY);
        assertThat(rig.info(VM).getConfig().getStorageCount()).isEqualTo(1);
        var detach = DetachDiskRequest.newBuilder().setVmId(VM).setDiskId("data").build();
        var _ = rig.client().detachDisk(detach);
        assertThat(failure(() -> rig.client().detachDisk(detach)).code()).isEqualTo(Code.NOT_FOUND);
        var nic = NetworkInterface.newBuilder().setId("n").setTapDevice("no-such-tap");
        var refused =
                failure(() ->
                        rig.client()
                                .attachNic(
                                        AttachNicRequest.newBuilder()
                                                .setVmId(VM)
                                                .setNic(nic)
                                                .build()));
        assertThat(refused.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(refused.message()).contains("nic.tap_device");
    }

    @Test
    void aGuestGoesOnWhereItWasSaved() {
        var nonce = rig.run(VM);
        var saved =
                rig.client()
                        .snapshotVm(
                                SnapshotVmRequest.newBuilder()
                                        .setVmId(VM)
                                        .setSnapshotId("s")
                                        .build())
                        .getSnapshot();
        assertThat(saved.getSizeBytes()).isPositive();
        assertThat(rig.phase(VM)).isEqualTo("Running");
        rig.restart();
        var down = ShutdownVmRequest.newBuilder().setVmId(VM).setForce(true).build();
        var _ = rig.client().shutdownVm(down);
        var restore = RestoreVmRequest.newBuilder().setVmId(VM).setSnapshotId("s").build();
        var _ = rig.client().restoreVm(restore);
        assertThat(rig.phase(VM)).isEqualTo("Running");
        assertThat(rig.console(VM).askNonce()).contains(nonce);
        var all = ListSnapshotsRequest.newBuilder().setVmId(VM).build();
        assertThat(rig.client().listSnapshots(all).getSnapshotsList()).containsExactly(saved);
        var remove = DeleteSnapshotRequest.newBuilder().setSnapshotId("s").build();
        var _ = rig.client().deleteSnapshot(remove);
        assertThat(failure(() -> rig.client().deleteSnapshot(remove)).code())
                .isEqualTo(Code.NOT_FOUND);
    }
}
