package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CpuConfig;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.MemoryConfig;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.RebootVmRequest;
import dev.vmcp.api.vmm.v1.ResumeVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.api.vmm.v1.StorageDevice;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.client.CallFailed;
import dev.vmcp.host.guest.BootSectorGuest;
import dev.vmcp.verify.harness.TinyHost;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real MVisor through the API.
final class MvisorTest {

    private static final String VM = "vm-0";

    @TempDir Path directory;
    private Rig rig;
    private Path disk;

    @BeforeEach
    void setUp() throws IOException {
        assumeTrue(TinyHost.kvm(), "no /dev/kvm for us");
        var named = !System.getenv().getOrDefault("VMCP_MVISOR", "").isEmpty();
        assumeTrue(named || Command.find("mvisor").isPresent(), "no mvisor on the search path");
        rig = Rig.in(directory, setup -> setup.with("VMCP_UID_BASE", "0"));
        disk = rig.directory().resolve("disk.raw");
        BootSectorGuest.writeTo(disk, true);
    }

    @AfterEach
    void clear() {
        if (rig != null) {
            rig.close();
        }
    }

    @Test
    void aGuestGoesThroughItsWholeLife() {
        create(config().build());
        boot();
        var first = rig.console(VM).nonceAfter(0).orElseThrow();
        var launched = rig.pid(VM);

        rig.client().pauseVm(PauseVmRequest.newBuilder().setVmId(VM).build());
        assertThat(rig.phase(VM)).isEqualTo("Paused");
        rig.restart();
        assertThat(rig.awaitPhase(VM, "Paused").getBackendInfoOrThrow("pid"))
                .isEqualTo(Long.toString(launched));
        rig.client().resumeVm(ResumeVmRequest.newBuilder().setVmId(VM).build());
        assertThat(rig.phase(VM)).isEqualTo("Running");

        long end = rig.console(VM).end();
        rig.client().rebootVm(RebootVmRequest.newBuilder().setVmId(VM).build());
        assertThat(rig.pid(VM)).isNotEqualTo(launched);
        assertThat(rig.console(VM).nonceAfter(end).orElseThrow()).isNotEqualTo(first);

        var stopped = rig.client().shutdownVm(ShutdownVmRequest.newBuilder().setVmId(VM).build());
        assertThat(stopped.getOutcome()).isEqualTo("killed");
        assertThat(rig.phase(VM)).isEqualTo("Stopped");
    }

    @Test
    void aGuestThatPowersOffIsStoppedAndOneThatCrashesHasFailed() throws IOException {
        create(config().build());
        boot();
        var _ = rig.console(VM).nonceAfter(0).orElseThrow();
        BootSectorGuest.tell(disk, 'P', 1);
        assertThat(rig.awaitPhase(VM, "Stopped").getBackendInfoMap()).doesNotContainKey("failure");

        long end = rig.console(VM).end();
        boot();
        var _ = rig.console(VM).nonceAfter(end).orElseThrow();
        BootSectorGuest.tell(disk, 'C', 2);
        assertThat(rig.awaitPhase(VM, "Failed").getBackendInfoOrThrow("failure"))
                .contains("a virtual CPU ended");
    }

    @Test
    void whatItHasNoControlForIsRefusedWithItsFieldAndNothingIsMade() {
        var kernel = BootConfig.newBuilder().setKernelPath(rig.kernel());
        assertThat(refusal(config().setBoot(kernel).build()))
                .contains("config.boot.kernel_path", "mvisor");
        var more = CpuConfig.newBuilder().setVcpuCount(2).setMaxVcpuCount(4);
        assertThat(refusal(config().setCpu(more).build()))
                .contains("config.cpu.max_vcpu_count", "4", "mvisor");
        var odd = config().setCpu(CpuConfig.newBuilder().setVcpuCount(3)).build();
        assertThat(refusal(odd)).contains("config.cpu.vcpu_count", "3", "mvisor");
        assertThat(rig.left()).isEmpty();
    }

    private String refusal(VmConfig config) {
        var failure = catchThrowableOfType(CallFailed.class, () -> create(config));
        assertThat(failure).isNotNull();
        assertThat(failure.code()).hasToString("UNIMPLEMENTED");
        return failure.message();
    }

    private VmConfig.Builder config() {
        return VmConfig.newBuilder()
                .setCpu(CpuConfig.newBuilder().setVcpuCount(1))
                .setMemory(MemoryConfig.newBuilder().setSizeBytes(32 << 20))
                .addStorage(
                        StorageDevice.newBuilder()
                                .setId("root")
                                .setPath(disk.toString())
                                .setIsRootDevice(true));
    }

    private void create(VmConfig config) {
        rig.client()
                .createVm(
                        CreateVmRequest.newBuilder()
                                .setVmId(VM)
                                .setConfig(config)
                                .setBackend("mvisor")
                                .build());
    }

    private void boot() {
        rig.client().bootVm(BootVmRequest.newBuilder().setVmId(VM).build());
    }
}
