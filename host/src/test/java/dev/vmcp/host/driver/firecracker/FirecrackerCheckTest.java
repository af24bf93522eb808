package dev.vmcp.host.driver.firecracker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.guest.TinyGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Firecracker lacks is named by field before anything is touched.
final class FirecrackerCheckTest {

    @TempDir Path directory;
    private VmSpec plain;

    @BeforeEach
    void setUp() throws IOException {
        var kernel = directory.resolve("kernel");
        TinyGuest.writeTo(kernel);
        plain = Specs.plain(kernel.toString(), "", 64 << 20);
    }

    @Test
    void aPlainSpecIsFineAndAMaximumOfProcessorsIsIgnored() {
        assertThat(FirecrackerCheck.of(plain)).isEqualTo(SpecFindings.NONE);
        var growing = new VmSpec.Cpu(2, 8, Optional.empty(), Map.of());
        assertThat(FirecrackerCheck.of(Specs.with(plain, growing))).isEqualTo(SpecFindings.NONE);
    }

    @Test
    void processorsBeyondItsOwnAreUnsupported() {
        assertThat(unsupported(Specs.with(plain, cpu(33, 1, 33, 1))))
                .containsExactly("config.cpu.vcpu_count: 33 (expected: at most 32)");
        assertThat(unsupported(Specs.with(plain, cpu(4, 2, 1, 2))))
                .containsExactly("config.cpu.topology.sockets: 2 (expected: 1)");
        assertThat(unsupported(Specs.with(plain, cpu(4, 1, 1, 4))))
                .containsExactly("config.cpu.topology.threads_per_core: 4 (expected: 1 or 2)");
        assertThat(FirecrackerCheck.of(Specs.with(plain, cpu(4, 1, 2, 2))))
                .isEqualTo(SpecFindings.NONE);
    }

    @Test
    void memoryThatGrowsIsUnsupportedAndHugePagesAreWhole() {
        assertThat(unsupported(Specs.with(plain, memory(64, true, 128, "off"))))
                .containsExactly(
                        "config.memory.hotplug_enabled: true (expected: false: its memory does not"
                                + " grow)");
        assertThat(unsupported(Specs.with(plain, memory(64, false, 128, "off")))).hasSize(1);
        assertThat(FirecrackerCheck.of(Specs.with(plain, memory(64, false, 0, "on"))))
                .isEqualTo(SpecFindings.NONE);
        assertThat(FirecrackerCheck.of(Specs.with(plain, memory(65, false, 0, "on"))).invalid())
                .extracting(Violation::field)
                .containsExactly("config.memory.size_bytes");
    }

    @Test
    void kernelsOfOtherFormsAreTold() throws IOException {
        var bytes = new byte[4096];
        System.arraycopy("HdrS".getBytes(US_ASCII), 0, bytes, 0x202, 4);
        var packed = Files.write(directory.resolve("bzImage"), bytes);
        assertThat(unsupported(kernel(packed)))
                .singleElement()
                .asString()
                .startsWith("config.boot.kernel_path: ")
                .contains("uncompressed");
        var text = Files.writeString(directory.resolve("text"), "no kernel");
        for (var wrong : new Path[] {text, directory.resolve("none"), Path.of("")}) {
            assertThat(FirecrackerCheck.of(kernel(wrong)).invalid())
                    .extracting(Violation::field)
                    .containsExactly("config.boot.kernel_path");
        }
    }

    @Test
    void devicesOfOtherKindsAreUnsupported() {
        var spec = plain;
        for (var type : new String[] {"scsi", "nvme", "ide", "virtio-blk", ""}) {
            spec = Specs.with(spec, new VmSpec.Disk("d" + type, "/d", true, false, type, Map.of()));
        }
        spec = Specs.with(spec, new VmSpec.Nic("n", "", "tap0", "e1000", Map.of()));
        spec = Specs.with(spec, new VmSpec.Console(true, "", "", "virtio-console"));
        assertThat(FirecrackerCheck.of(spec).unsupported())
                .extracting(Violation::field)
                .containsExactly(
                        "config.storage[0].interface_type",
                        "config.storage[1].interface_type",
                        "config.storage[2].interface_type",
                        "config.network[0].interface_type",
                        "config.console.console_type");
    }

    private VmSpec kernel(Path path) {
        return Specs.with(plain, new VmSpec.Boot(path.toString(), "", "", Map.of()));
    }

    private static VmSpec.Cpu cpu(int count, int sockets, int cores, int threads) {
        var topology = new VmSpec.Topology(sockets, cores, threads);
        return new VmSpec.Cpu(count, 0, Optional.of(topology), Map.of());
    }

    private static VmSpec.Memory memory(long mebibytes, boolean hotplug, long most, String huge) {
        return new VmSpec.Memory(mebibytes << 20, hotplug, most << 20, Map.of("hugepages", huge));
    }

    private static Iterable<String> unsupported(VmSpec spec) {
        return FirecrackerCheck.of(spec).unsupported().stream().map(Violation::sentence).toList();
    }
}
