package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.BOOT;
import static dev.vmcp.core.backend.CapabilityName.BOOT_FIRMWARE;
import static dev.vmcp.core.backend.CapabilityName.CONSOLE_VIRTIO;
import static dev.vmcp.core.backend.CapabilityName.DISK_QCOW2;
import static dev.vmcp.core.backend.CapabilityName.DISK_RAW;
import static dev.vmcp.core.backend.CapabilityName.MIGRATE;
import static dev.vmcp.core.backend.CapabilityName.NET_TAP;
import static dev.vmcp.core.backend.CapabilityName.REPLACE_NIC;
import static dev.vmcp.core.backend.CapabilityName.VNC;
import static dev.vmcp.host.driver.Kit.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.vm.VmSpec;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/// What a guest is started from and with.
interface DeviceCases extends Cases {

    @Test
    @Proves(BOOT)
    default void aGuestIsStartedFromAKernelFile() throws Exception {
        assertThat(stage().spec().boot().kernel()).isNotEmpty();
        try (var vm = kit().boot()) {
            unharmed(vm);
        }
    }

    @Test
    @Proves(BOOT_FIRMWARE)
    default void aGuestIsStartedByFirmware() throws Exception {
        var spec = stage().firmwareSpec();
        assertThat(spec.boot().kernel()).isEmpty();
        try (var vm = kit().boot(spec, stage().launch())) {
            stage().awaitUp(vm.launch());
            assertThat(vm.observed()).isEqualTo(GuestState.RUNNING);
        }
    }

    @Test
    @Proves(DISK_RAW)
    default void aVmmHoldsTheRawDisksOfItsGuest() throws Exception {
        var file = stage().hotDisk(scratch());
        var before = Files.size(file);
        var spec = Specs.with(stage().spec(), Specs.disk("d1", file.toString(), false));
        try (var vm = kit().boot(spec, stage().launch())) {
            assertThat(new Proc(vm.process().id()).holds(file)).isTrue();
            unharmed(vm);
            assertThat(Files.getAttribute(file, "unix:uid")).as("the owner").isEqualTo(0);
            assertThat(Files.size(file)).isEqualTo(before);
        }
    }

    @Test
    @Proves(DISK_QCOW2)
    default void aVmmHoldsTheQcow2DisksOfItsGuest() throws Exception {
        var file = Qcow2File.write(scratch().resolve("disk.qcow2"));
        var disk =
                new VmSpec.Disk("d1", file.toString(), false, false, "", Map.of("format", "qcow2"));
        try (var vm = kit().boot(Specs.with(stage().spec(), disk), stage().launch())) {
            assertThat(new Proc(vm.process().id()).holds(file)).isTrue();
            unharmed(vm);
        }
    }

    @Test
    @Proves(NET_TAP)
    default void aGuestHasANetworkDeviceOnATap() throws Exception {
        var nic = nic();
        var spec = Specs.with(stage().spec(), nic);
        try (var vm = kit().boot(spec, stage().launch())) {
            unharmed(vm);
            assertThat(vm.live().counters(soon()).network().bytesIn()).isNotNegative();
        }
    }

    @Test
    @Proves({NET_TAP, REPLACE_NIC})
    default void aNetworkDeviceIsChangedWhileTheGuestRuns() throws Exception {
        var nic = nic();
        var spec = Specs.with(stage().spec(), nic);
        try (var vm = kit().boot(spec, stage().launch())) {
            vm.live().replacing().orElseThrow().replace(nic, soon());
            unharmed(vm);
        }
    }

    @Test
    @Proves(CONSOLE_VIRTIO)
    default void aGuestHasAVirtioConsole() {
        shownElsewhere();
    }

    @Test
    @Proves(VNC)
    default void aGuestHasAScreen() {
        shownElsewhere();
    }

    @Test
    @Proves(MIGRATE)
    default void aGuestMoves() {
        shownElsewhere();
    }

    /// A driver that claims it proves it in a test of its own.
    private static void shownElsewhere() {
        throw new TestAbortedException("the tiny guest cannot show it");
    }

    private VmSpec.Nic nic() throws Exception {
        var tap = stage().freeTap();
        assumeTrue(tap.isPresent(), FreeTaps.WHY_NONE);
        return new VmSpec.Nic("n1", "52:54:00:01:02:03", tap.orElseThrow(), "", Map.of());
    }
}
