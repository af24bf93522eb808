package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.BOOT;
import static dev.vmcp.core.backend.CapabilityName.BOOT_FIRMWARE;
import static dev.vmcp.core.backend.CapabilityName.CONSOLE_VIRTIO;
import static dev.vmcp.core.backend.CapabilityName.DISK_BACKING;
import static dev.vmcp.core.backend.CapabilityName.DISK_QCOW2;
import static dev.vmcp.core.backend.CapabilityName.DISK_RAW;
import static dev.vmcp.core.backend.CapabilityName.MIGRATE;
import static dev.vmcp.core.backend.CapabilityName.NET_TAP;
import static dev.vmcp.core.backend.CapabilityName.REPLACE_NIC;
import static dev.vmcp.core.backend.CapabilityName.VNC;
import static dev.vmcp.host.driver.Kit.soon;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.backend.OptionField;
import dev.vmcp.core.backend.OptionKeys;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.HugePages;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
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
        var disk = Specs.qcow2("d1", file);
        try (var vm = kit().boot(Specs.with(stage().spec(), disk), stage().launch())) {
            assertThat(new Proc(vm.process().id()).holds(file)).isTrue();
            unharmed(vm);
        }
    }

    @Test
    @Proves(DISK_BACKING)
    default void aVmmHoldsWhatAQcow2DiskStandsOn() throws Exception {
        var files = Qcow2File.chain(scratch());
        var disk = Specs.qcow2("d1", files.getFirst());
        try (var vm = kit().boot(Specs.with(stage().spec(), disk), stage().launch())) {
            assertThat(new Proc(vm.process().id()).held(files)).isEqualTo(files);
            unharmed(vm);
        }
    }

    @Test
    @Proves(DISK_BACKING)
    default void adoptedVmmsHoldWhatTheirDisksStandOn() throws Exception {
        var files = Qcow2File.chain(scratch());
        var disk = Specs.qcow2("d1", files.getFirst());
        var vm = kit().boot(Specs.with(stage().spec(), disk), stage().launch());
        try (var later = kit().adopt(vm)) {
            assertThat(new Proc(later.process().id()).held(files)).isEqualTo(files);
            unharmed(later);
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
    default void aGuestHasItsMemoryFromHugePages() throws Exception {
        var plain = stage().spec();
        var name = kit().driver().name();
        var backing = OptionKeys.of(name, OptionField.MEMORY_BACKING);
        assumeTrue(
                backing.stream().anyMatch(key -> key.key().equals("hugepages")),
                () -> name + " takes none");
        assumeTrue(stage().real(), "a stand-in has no memory for its guest");
        var memory = new VmSpec.Memory(plain.memory().bytes(), false, 0, Map.of("hugepages", "on"));
        var shortage = HugePages.shortage(memory);
        assumeTrue(shortage.isEmpty(), () -> shortage.orElseThrow().message());
        var free = HugePages.now().free();
        try (var vm = kit().boot(Specs.with(plain, memory), stage().launch())) {
            unharmed(vm);
            assertThat(HugePages.now().free()).isLessThan(free);
        }
    }

    @Test
    @Proves(CONSOLE_VIRTIO)
    default void aGuestHasAVirtioConsole() {
        shownElsewhere();
    }

    @Test
    @Proves(VNC)
    default void aGuestHasAScreen() throws Exception {
        var spec = stage().screened();
        try (var vm = kit().boot(spec, stage().launch())) {
            var socket = kit().driver().screen(spec, vm.launch()).orElseThrow();
            assertThat(socket).hasParent(vm.launch().directory());
            var process = Path.of("/proc/" + vm.process().id().pid() + "/cwd");
            try (var viewer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                viewer.connect(UnixDomainSocketAddress.of(process.resolve(socket.getFileName())));
                var greeting = Channels.newInputStream(viewer).readNBytes(12);
                assertThat(new String(greeting, US_ASCII)).startsWith("RFB 003.");
            }
            unharmed(vm);
        }
        var plain = stage().spec();
        assertThat(kit().driver().screen(plain, stage().launch())).isEmpty();
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
