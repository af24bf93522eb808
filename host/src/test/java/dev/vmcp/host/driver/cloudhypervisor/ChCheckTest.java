package dev.vmcp.host.driver.cloudhypervisor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.guest.TinyGuest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChCheckTest {

    @TempDir Path directory;
    private VmSpec plain = Specs.plain("", "", 64 << 20);

    @BeforeEach
    void setUp() throws IOException {
        var kernel = directory.resolve("kernel");
        TinyGuest.writeTo(kernel);
        plain = Specs.plain(kernel.toString(), "", 64 << 20);
    }

    @Test
    void aPlainSpecWithEitherFormOfKernelIsFine() throws IOException {
        assertThat(ChCheck.of(plain)).isEqualTo(SpecFindings.NONE);
        var bytes = ByteBuffer.allocate(4096).put(0x202, "HdrS".getBytes(US_ASCII));
        Files.write(Path.of(plain.boot().kernel()), bytes.array());
        assertThat(ChCheck.of(plain)).isEqualTo(SpecFindings.NONE);
        Files.writeString(Path.of(plain.boot().kernel()), "no kernel");
        assertThat(fields(ChCheck.of(plain).invalid())).containsExactly("config.boot.kernel_path");
    }

    @Test
    void theCountThatIsTooHighIsNamed() {
        for (var cpu : List.of(cpu(256, 0), cpu(256, 256))) {
            assertThat(fields(ChCheck.of(Specs.with(plain, cpu)).unsupported()))
                    .containsExactly(
                            cpu.max() == 0 ? "config.cpu.vcpu_count" : "config.cpu.max_vcpu_count");
        }
        assertThat(ChCheck.of(Specs.with(plain, cpu(1, 255)))).isEqualTo(SpecFindings.NONE);
    }

    @Test
    void devicesOfOtherKindsAndTooManyAreUnsupported() {
        var spec = Specs.with(plain, new VmSpec.Nic("n", "", "tap0", "e1000", Map.of()));
        spec = Specs.with(spec, new VmSpec.Console(true, "", "", "virtio-console"));
        for (var i = 0; i < 28; i++) {
            var type = i == 3 ? "nvme" : "";
            spec = Specs.with(spec, new VmSpec.Disk("d" + i, "/d", true, false, type, Map.of()));
        }
        assertThat(fields(ChCheck.of(spec).unsupported()))
                .containsExactly(
                        "config.storage[3].interface_type",
                        "config.network[0].interface_type",
                        "config.storage",
                        "config.console.console_type");
    }

    @Test
    void anImageStandsOnNothing() throws IOException {
        assertThat(ChCheck.of(qcow2(0))).isEqualTo(SpecFindings.NONE);
        assertThat(ChCheck.of(qcow2(512)).unsupported())
                .extracting(Violation::expected)
                .containsExactly("a qcow2 image without a backing file");
        Files.writeString(directory.resolve("image"), "raw");
        assertThat(fields(ChCheck.of(image()).invalid())).containsExactly("config.storage[0].path");
        Files.delete(directory.resolve("image"));
        assertThat(ChCheck.of(image()).invalid())
                .extracting(Violation::expected)
                .containsExactly("a readable file");
    }

    /// An image of version 2 whose backing file is named at `backing`, or that has none at 0.
    private VmSpec qcow2(long backing) throws IOException {
        var head = ByteBuffer.allocate(65536).putInt(0, 0x514649fb).putInt(4, 2);
        head.putLong(8, backing).putInt(16, 4).put(512, "base".getBytes(US_ASCII));
        Files.write(directory.resolve("image"), head.array());
        return image();
    }

    private VmSpec image() {
        var path = directory.resolve("image").toString();
        var options = Map.of("format", "qcow2");
        return Specs.with(plain, new VmSpec.Disk("d", path, false, false, "", options));
    }

    private static VmSpec.Cpu cpu(int count, int most) {
        return new VmSpec.Cpu(count, most, Optional.empty(), Map.of());
    }

    private static List<String> fields(List<Violation> violations) {
        return violations.stream().map(Violation::field).toList();
    }
}
