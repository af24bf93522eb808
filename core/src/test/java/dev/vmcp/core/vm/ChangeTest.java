package dev.vmcp.core.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec.Disk;
import dev.vmcp.core.vm.VmSpec.Nic;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChangeTest {

    private static final Disk ROOT = disk("root", "/system.img", true);
    private static final Disk DATA = disk("data", "/data.img", false);
    private static final Nic ETH0 = new Nic("eth0", "", "tap0", "", Map.of());

    private static Disk disk(String id, String path, boolean root) {
        return new Disk(id, path, false, root, "", Map.of());
    }

    private static VmSpec spec(int max, long maxBytes, List<Disk> disks, List<Nic> nics) {
        return new VmSpec(
                new VmSpec.Cpu(2, max, Optional.empty(), Map.of()),
                new VmSpec.Memory(1L << 30, maxBytes > 0, maxBytes, Map.of()),
                new VmSpec.Boot("/kernel", "", "", Map.of()),
                disks,
                nics,
                new VmSpec.Console(false, "", "", ""),
                Map.of());
    }

    private static final VmSpec PLAIN = spec(0, 0, List.of(ROOT), List.of(ETH0));

    private static VmSpec done(Outcome<VmSpec> outcome) {
        return ((Outcome.Done<VmSpec>) outcome).value();
    }

    private static Problem problem(Outcome<VmSpec> outcome) {
        return ((Outcome.Refused<VmSpec>) outcome).problem();
    }

    @Test
    void devicesComeAndGo() {
        var with = done(new Change.AttachDisk(DATA).on(PLAIN));
        assertThat(with.disks()).containsExactly(ROOT, DATA);
        assertThat(done(new Change.DetachDisk("data").on(with))).isEqualTo(PLAIN);
        var eth1 = new Nic("eth1", "", "tap1", "", Map.of());
        var two = done(new Change.AttachNic(eth1).on(PLAIN));
        assertThat(two.nics()).containsExactly(ETH0, eth1);
        assertThat(done(new Change.DetachNic("eth1").on(two))).isEqualTo(PLAIN);
    }

    @Test
    void aDeviceOfAnIdThatIsThereIsReplacedInItsPlace() {
        var other = disk("root", "/other.img", true);
        var change = new Change.AttachDisk(other);
        assertThat(change.replaces(PLAIN)).isTrue();
        assertThat(new Change.AttachDisk(DATA).replaces(PLAIN)).isFalse();
        assertThat(done(change.on(done(new Change.AttachDisk(DATA).on(PLAIN)))).disks())
                .containsExactly(other, DATA);
        assertThat(done(new Change.AttachDisk(ROOT).on(PLAIN))).isEqualTo(PLAIN);
    }

    @Test
    void theRootDeviceStaysOneWhenItGetsAnotherFile() {
        for (var saysSo : new boolean[] {false, true}) {
            var change = new Change.AttachDisk(disk("root", "/other.img", saysSo));
            assertThat(ChangeRules.ofRunning(change, PLAIN)).isEmpty();
            assertThat(done(change.on(PLAIN)).disks())
                    .containsExactly(disk("root", "/other.img", true));
        }
    }

    @Test
    void whatIsNotThereCannotGo() {
        assertThat(problem(new Change.DetachDisk("x").on(PLAIN)).code())
                .isEqualTo("DISK_NOT_FOUND");
        assertThat(problem(new Change.DetachNic("x").on(PLAIN)).code()).isEqualTo("NIC_NOT_FOUND");
        var nameless = spec(0, 0, List.of(disk("", "/x", false)), List.of());
        assertThat(problem(new Change.DetachDisk("").on(nameless)).code())
                .isEqualTo("DISK_NOT_FOUND");
    }

    @Test
    void whatComesNeedsAName() {
        assertThat(problem(new Change.AttachDisk(disk("", "/x", false)).on(PLAIN)).message())
                .contains("disk.id");
        assertThat(
                        problem(new Change.AttachNic(new Nic("", "", "t", "", Map.of())).on(PLAIN))
                                .message())
                .contains("nic.id");
    }

    @Test
    void aSizeThatIsNotNamedStays() {
        var resized = done(new Change.Resize(4, 0).on(PLAIN));
        assertThat(resized.cpu().count()).isEqualTo(4);
        assertThat(resized.memory()).isEqualTo(PLAIN.memory());
        assertThat(done(new Change.Resize(0, 2L << 30).on(PLAIN)).memory().bytes())
                .isEqualTo(2L << 30);
        assertThat(problem(new Change.Resize(0, 0).on(PLAIN)).code()).isEqualTo("INVALID_INPUT");
    }

    @Test
    void nothingGrowsBeyondTheMaximumOfItsSpec() {
        var bounded = spec(4, 2L << 30, List.of(), List.of());
        assertThat(done(new Change.Resize(4, 2L << 30).on(bounded)).cpu().count()).isEqualTo(4);
        assertThat(problem(new Change.Resize(5, 3L << 30).on(bounded)))
                .isEqualTo(
                        new Problem.InvalidInput(
                                List.of(
                                        Violation.of(
                                                "vcpu_count", 5, "1 to 4, the VM's max_vcpu_count"),
                                        Violation.of(
                                                "memory_size_bytes",
                                                3L << 30,
                                                "1 to 2147483648, the VM's max_size_bytes"))));
        assertThat(ChangeRules.ofRunning(new Change.Resize(4, 2L << 30), bounded)).isEmpty();
    }

    @Test
    void aGuestThatRunsHasTheRoomThatItWasStartedWith() {
        assertThat(ChangeRules.ofRunning(new Change.Resize(1, 1L << 29), PLAIN)).isEmpty();
        assertThat(ChangeRules.ofRunning(new Change.Resize(3, 2L << 30), PLAIN))
                .extracting(Violation::field)
                .containsExactly("vcpu_count", "memory_size_bytes");
        var noHotplug =
                new VmSpec(
                        PLAIN.cpu(),
                        new VmSpec.Memory(1L << 30, false, 2L << 30, Map.of()),
                        PLAIN.boot(),
                        List.of(),
                        List.of(),
                        PLAIN.console(),
                        Map.of());
        assertThat(ChangeRules.ofRunning(new Change.Resize(0, 2L << 30), noHotplug)).hasSize(1);
    }

    @Test
    void aGuestThatRunsKeepsItsRootDevice() {
        assertThat(ChangeRules.ofRunning(new Change.DetachDisk("root"), PLAIN)).hasSize(1);
        var second = new Change.AttachDisk(disk("second", "/x.img", true));
        assertThat(ChangeRules.ofRunning(second, PLAIN)).hasSize(1);
        assertThat(ChangeRules.ofRunning(new Change.AttachDisk(DATA), PLAIN)).isEmpty();
        assertThat(ChangeRules.ofRunning(new Change.DetachNic("eth0"), PLAIN)).isEmpty();
    }
}
