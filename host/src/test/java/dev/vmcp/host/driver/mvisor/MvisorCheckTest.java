package dev.vmcp.host.driver.mvisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.guest.BootSectorGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What of a spec is refused before anything is touched, and what MVisor is told.
final class MvisorCheckTest {

    @TempDir Path directory;
    private Path disk = Path.of("/");
    private VmSpec spec = Specs.plain("", "", 64 << 20);

    @BeforeEach
    void setUp() throws IOException {
        disk = directory.resolve("disk.raw");
        BootSectorGuest.writeTo(disk, false);
        spec = Specs.with(spec, Specs.disk("d0", disk.toString(), false));
    }

    @Test
    void aRawDiskIsAllItTakes() {
        assertThat(MvisorCheck.of(spec)).isEqualTo(SpecFindings.NONE);
        assertThat(MvisorCheck.of(Specs.with(spec, processors(4, 4)))).isEqualTo(SpecFindings.NONE);
    }

    @Test
    void withoutADiskNothingBoots() {
        var check = MvisorCheck.of(Specs.plain("", "", 64 << 20));
        assertThat(fields(check.invalid())).containsExactly("config.storage");
    }

    @Test
    void aKernelItsInitrdAndItsArgumentsAreRefused() {
        var boot = new VmSpec.Boot("/boot/vmlinuz", "/boot/initrd", "quiet", Map.of());
        assertThat(refused(Specs.with(spec, boot)))
                .containsExactly(
                        "config.boot.kernel_path",
                        "config.boot.initrd_path",
                        "config.boot.kernel_args");
    }

    @Test
    void oddAndGrowingCountsOfProcessorsAreRefused() {
        for (var count : List.of(3, 255, 256)) {
            assertThat(refused(Specs.with(spec, processors(count, 0))))
                    .containsExactly("config.cpu.vcpu_count");
        }
        assertThat(refused(Specs.with(spec, processors(2, 4))))
                .containsExactly("config.cpu.max_vcpu_count");
        var topology = Optional.of(new VmSpec.Topology(1, 2, 1));
        assertThat(refused(Specs.with(spec, new VmSpec.Cpu(2, 0, topology, Map.of()))))
                .containsExactly("config.cpu.topology");
    }

    @Test
    void memoryThatGrowsIsRefused() {
        var memory = new VmSpec.Memory(64 << 20, true, 128 << 20, Map.of());
        assertThat(refused(Specs.with(spec, memory)))
                .containsExactly("config.memory.hotplug_enabled", "config.memory.max_size_bytes");
    }

    @Test
    void devicesThatItLacksAreRefused() {
        var nic = new VmSpec.Nic("n0", "", "tap0", "", Map.of());
        var console = new VmSpec.Console(true, "", "", "virtio-console");
        var scsi = new VmSpec.Disk("d1", disk.toString(), false, false, "scsi", Map.of());
        assertThat(refused(Specs.with(Specs.with(Specs.with(spec, scsi), nic), console)))
                .containsExactly(
                        "config.storage[1].interface_type",
                        "config.network[0]",
                        "config.console.console_type");
    }

    @Test
    void anImageOfAnotherFormatIsRefusedByItsContentNotByItsName() throws IOException {
        var image = directory.resolve("image.raw");
        Files.write(image, new byte[] {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3});
        assertThat(refused(Specs.with(spec, Specs.disk("d1", image.toString(), true))))
                .containsExactly("config.storage[1].path");
        var named = Files.copy(disk, directory.resolve("really raw.qcow2"));
        assertThat(MvisorCheck.of(Specs.with(spec, Specs.disk("d1", named.toString(), true))))
                .isEqualTo(SpecFindings.NONE);
    }

    @Test
    void aFileThatIsGoneIsInvalid() throws IOException {
        Files.delete(disk);
        assertThat(fields(MvisorCheck.of(spec).invalid()))
                .containsExactly("config.storage[0].path");
    }

    @Test
    void theRootDiskComesFirstAndNoTextOfAUserIsWritten() {
        var root = new VmSpec.Disk("d1", "/srv/x: [y]\n- z", true, true, "", Map.of());
        assertThat(MachineFile.of(Specs.with(spec, root), Path.of("/o'p/bios"), List.of(3, 4)))
                .startsWith("machine:\n  memory: 64M\n  vcpu: 1\n  bios: '/o''p/bios'\nobjects:\n")
                .endsWith(
                        """
                          - class: uart
                          - class: virtio-block
                            image: /proc/self/fd/4
                            readonly: yes
                          - class: virtio-block
                            image: /proc/self/fd/3
                            readonly: no
                        """)
                .doesNotContain("/srv", disk.toString());
    }

    private static VmSpec.Cpu processors(int count, int most) {
        return new VmSpec.Cpu(count, most, Optional.empty(), Map.of());
    }

    private static List<String> refused(VmSpec spec) {
        var check = MvisorCheck.of(spec);
        assertThat(check.unsupported())
                .allSatisfy(violation -> assertThat(violation.expected()).isNotBlank());
        return fields(check.unsupported());
    }

    private static List<String> fields(List<Violation> violations) {
        return violations.stream().map(Violation::field).toList();
    }
}
