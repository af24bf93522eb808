package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.DISK_BACKING;
import static dev.vmcp.core.backend.CapabilityName.HOTPLUG_DISK;
import static dev.vmcp.core.backend.CapabilityName.HOTPLUG_NIC;
import static dev.vmcp.core.backend.CapabilityName.REPLACE_DISK;
import static dev.vmcp.core.backend.CapabilityName.RESIZE_MEMORY;
import static dev.vmcp.core.backend.CapabilityName.RESIZE_VCPUS;
import static dev.vmcp.core.backend.CapabilityName.UNPLUG_DISK;
import static dev.vmcp.core.backend.CapabilityName.UNPLUG_NIC;
import static dev.vmcp.host.driver.Kit.kind;
import static dev.vmcp.host.driver.Kit.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A guest that gets more, or less, while it runs.
interface GrowthCases extends Cases {

    Duration PROMPT = Duration.ofSeconds(5);

    @Test
    @Proves(RESIZE_VCPUS)
    default void aGuestGetsMoreProcessorsUpToItsMost() throws Exception {
        try (var vm = roomy()) {
            var resizing = vm.live().resizing().orElseThrow();
            var most = vm.spec().cpu().max();
            resizing.resizeCpus(most, soon());
            unharmed(vm);
            assertThat(kind(() -> resizing.resizeCpus(most + 1, soon()))).isEqualTo(Kind.NOT_NOW);
            unharmed(vm);
        }
    }

    @Test
    @Proves(RESIZE_MEMORY)
    default void aGuestGetsMoreMemoryUpToItsMost() throws Exception {
        try (var vm = roomy()) {
            var resizing = vm.live().resizing().orElseThrow();
            var most = vm.spec().memory().maxBytes();
            resizing.resizeMemory(most, soon());
            unharmed(vm);
            assertThat(kind(() -> resizing.resizeMemory(4 * most, soon())))
                    .isIn(Kind.REFUSED, Kind.NOT_NOW);
            unharmed(vm);
        }
    }

    /// Nothing of it is begun that the guest would have to let go of.
    @Test
    @Proves({RESIZE_VCPUS, RESIZE_MEMORY})
    default void aGuestKeepsWhatItWasStartedWith() throws Exception {
        try (var vm = roomy()) {
            var resizing = vm.live().resizing().orElseThrow();
            var most = vm.spec().memory().maxBytes();
            resizing.resizeMemory(most, soon());
            var late = Deadline.in(PROMPT);
            var less = vm.spec().memory().bytes() / 2;
            assertThat(kind(() -> resizing.resizeMemory(less, soon()))).isEqualTo(Kind.NOT_NOW);
            assertThat(kind(() -> resizing.resizeCpus(0, soon()))).isEqualTo(Kind.NOT_NOW);
            assertThat(late.passed()).as("late").isFalse();
            unharmed(vm);
        }
    }

    @Test
    @Proves(HOTPLUG_DISK)
    default void aGuestGetsADiskWhileItRuns() throws Exception {
        var file = stage().hotDisk(scratch());
        try (var vm = roomy()) {
            var disk = Specs.disk("d1", file.toString(), false);
            vm.live().hotplug().orElseThrow().attach(disk, soon());
            assertThat(new Proc(vm.process().id()).holds(file)).isTrue();
            vm.live().hotplug().orElseThrow().attach(disk, soon());
            unharmed(vm);
        }
    }

    @Test
    @Proves(HOTPLUG_DISK)
    default void aDiskThatIsNotThereHarmsNoGuest() throws Exception {
        var file = stage().hotDisk(scratch());
        var disk = Specs.disk("d1", file.resolveSibling("gone").toString(), false);
        try (var vm = roomy()) {
            var hotplug = vm.live().hotplug().orElseThrow();
            assertThat(kind(() -> hotplug.attach(disk, soon()))).isIn(Kind.REFUSED, Kind.HOST);
            unharmed(vm);
            hotplug.attach(Specs.disk("d1", file.toString(), false), soon());
            assertThat(new Proc(vm.process().id()).holds(file)).isTrue();
        }
    }

    @Test
    @Proves({HOTPLUG_DISK, UNPLUG_DISK})
    default void aDiskThatIsUnpluggedIsClosed() throws Exception {
        var file = stage().hotDisk(scratch());
        try (var vm = roomy()) {
            var hotplug = vm.live().hotplug().orElseThrow();
            hotplug.attach(Specs.disk("d1", file.toString(), false), soon());
            hotplug.detachDisk("d1", soon());
            assertThat(new Proc(vm.process().id()).holds(file)).isFalse();
            hotplug.detachDisk("d1", soon());
            hotplug.attach(Specs.disk("d1", file.toString(), false), soon());
            unharmed(vm);
        }
    }

    @Test
    @Proves({HOTPLUG_DISK, UNPLUG_DISK, DISK_BACKING})
    default void whatADiskStandsOnComesAndGoesWithIt() throws Exception {
        var files = Qcow2File.chain(scratch());
        var disk = Specs.qcow2("d1", files.getFirst());
        try (var vm = roomy()) {
            var hotplug = vm.live().hotplug().orElseThrow();
            var proc = new Proc(vm.process().id());
            hotplug.attach(disk, soon());
            assertThat(proc.held(files)).isEqualTo(files);
            hotplug.detachDisk("d1", soon());
            assertThat(proc.held(files)).isEmpty();
            hotplug.attach(disk, soon());
            assertThat(proc.held(files)).isEqualTo(files);
            unharmed(vm);
        }
    }

    @Test
    @Proves(HOTPLUG_NIC)
    default void aGuestGetsANetworkDeviceWhileItRuns() throws Exception {
        try (var vm = roomy()) {
            vm.live().hotplug().orElseThrow().attach(nic(), soon());
            unharmed(vm);
        }
    }

    @Test
    @Proves({HOTPLUG_NIC, UNPLUG_NIC})
    default void aNetworkDeviceThatIsUnpluggedIsFreeForOthers() throws Exception {
        var nic = nic();
        try (var vm = roomy()) {
            var hotplug = vm.live().hotplug().orElseThrow();
            hotplug.attach(nic, soon());
            hotplug.detachNic(nic.id(), soon());
            hotplug.detachNic(nic.id(), soon());
            hotplug.attach(nic, soon());
            unharmed(vm);
        }
    }

    @Test
    @Proves(REPLACE_DISK)
    default void aDiskGetsAnotherFileWhileTheGuestRuns() throws Exception {
        var first = stage().hotDisk(scratch());
        var second = stage().hotDisk(scratch());
        var launch = stage().launch();
        var disk = Specs.disk("d1", first.toString(), false);
        try (var vm = kit().boot(Specs.with(stage().spec(), disk), launch)) {
            stage().awaitUp(launch);
            vm.live().replacing().orElseThrow().replace(disk.at(second.toString()), soon());
            var proc = new Proc(vm.process().id());
            assertThat(proc.holds(second)).isTrue();
            assertThat(proc.holds(first)).isFalse();
            unharmed(vm);
        }
    }

    private KitVm roomy() throws Exception {
        var vm = kit().boot(stage().roomy(), stage().launch());
        stage().awaitUp(vm.launch());
        return vm;
    }

    private VmSpec.Nic nic() throws Exception {
        var tap = stage().freeTap();
        assumeTrue(tap.isPresent(), FreeTaps.WHY_NONE);
        return new VmSpec.Nic("n1", "52:54:00:01:02:03", tap.orElseThrow(), "", Map.of());
    }
}
