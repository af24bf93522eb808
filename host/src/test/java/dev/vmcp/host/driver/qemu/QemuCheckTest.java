package dev.vmcp.host.driver.qemu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.qemu.Accelerator.Kind;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.host.vmm.MacAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What of a spec is refused before anything is touched, and which machine a spec gets.
final class QemuCheckTest {

    @TempDir Path directory;
    private Path kernel = Path.of("/");
    private String arguments = "";
    private int maxCpus;
    private Map<String, String> bootOptions = Map.of();
    private final List<VmSpec.Disk> disks = new ArrayList<>();
    private final List<VmSpec.Nic> nics = new ArrayList<>();

    @BeforeEach
    void setUp() throws IOException {
        kernel = directory.resolve("kernel");
        TinyGuest.writeTo(kernel);
    }

    @Test
    void aTinyGuestAndABzImageAreKernels() throws IOException {
        assertThat(QemuCheck.of(spec())).isEqualTo(SpecFindings.NONE);
        var image = ByteBuffer.allocate(4096);
        image.put(0x202, "HdrS".getBytes(US_ASCII));
        Files.write(kernel, image.array());
        assertThat(QemuCheck.of(spec())).isEqualTo(SpecFindings.NONE);
    }

    @Test
    void anythingElseIsNoKernel() throws IOException {
        for (var content : List.of("", "#!/bin/sh\n", "\u007fELF", "MZ".repeat(400))) {
            Files.writeString(kernel, content);
            assertThat(fields(QemuCheck.of(spec()).invalid()))
                    .containsExactly("config.boot.kernel_path");
        }
        Files.delete(kernel);
        assertThat(fields(QemuCheck.of(spec()).invalid()))
                .containsExactly("config.boot.kernel_path");
    }

    @Test
    @Timeout(20)
    void aPipeInTheKernelsPlaceIsNotWaitedFor() throws Exception {
        Files.delete(kernel);
        assertThat(new ProcessBuilder("mkfifo", kernel.toString()).start().waitFor()).isZero();
        assertThat(fields(QemuCheck.of(spec()).invalid()))
                .containsExactly("config.boot.kernel_path");
    }

    @Test
    void whatAMicrovmLacksMakesAQ35() {
        assertThat(Machine.of(spec(), Kind.KVM)).isEqualTo(Machine.MICROVM);
        assertThat(Machine.of(spec(), Kind.TCG)).isEqualTo(Machine.Q35);
        maxCpus = 4;
        assertThat(Machine.of(spec(), Kind.KVM)).isEqualTo(Machine.Q35);
        maxCpus = 0;
        disks.add(disk("scsi", "raw"));
        assertThat(Machine.of(spec(), Kind.KVM)).isEqualTo(Machine.Q35);
        disks.clear();
        bootOptions = Map.of("vnc", "on");
        assertThat(Machine.of(spec(), Kind.KVM)).isEqualTo(Machine.Q35);
        bootOptions = Map.of();
        nics.add(new VmSpec.Nic("n", "", "tap0", "e1000", Map.of()));
        assertThat(Machine.of(spec(), Kind.KVM)).isEqualTo(Machine.Q35);
    }

    @Test
    void aMicrovmThatWasAskedForRefusesWhatItLacks() {
        bootOptions = Map.of("machine", "microvm", "vnc", "on");
        maxCpus = 4;
        disks.add(disk("nvme", "raw"));
        assertThat(Machine.of(spec(), Kind.TCG)).isEqualTo(Machine.MICROVM);
        var check = QemuCheck.of(spec());
        assertThat(check.invalid()).isEmpty();
        assertThat(fields(check.unsupported()))
                .containsExactly(
                        "config.cpu.max_vcpu_count",
                        "config.boot.boot_options[vnc]",
                        "config.storage[0].interface_type");
    }

    @Test
    void aRawDiskMayHoldAnything() throws IOException {
        disks.add(disk("", "raw"));
        var image = ByteBuffer.allocate(65536).putInt(0, 0x514649fb).putLong(8, 512);
        Files.write(directory.resolve("disk"), image.array());
        assertThat(QemuCheck.of(spec())).isEqualTo(SpecFindings.NONE);
    }

    @Test
    void theRootDiskIsNamedOnlyWhereTheArgumentsDoNot() {
        arguments = "console=ttyS0";
        assertThat(KernelArguments.of(spec())).isEqualTo("console=ttyS0");
        disks.add(new VmSpec.Disk("d", "/disk", false, true, "", Map.of()));
        assertThat(KernelArguments.of(spec())).isEqualTo("console=ttyS0 root=/dev/vda rw");
        arguments = "root=/dev/vda1 ro";
        assertThat(KernelArguments.of(spec())).isEqualTo("root=/dev/vda1 ro");
        arguments = "noroot=1";
        assertThat(KernelArguments.of(spec())).isEqualTo("noroot=1 root=/dev/vda rw");
    }

    @Test
    void aGeneratedMacIsStableAndItsNicsOwn() {
        var mac = MacAddress.generated(new VmId("a"), "eth0");
        assertThat(mac).matches("02(:[0-9a-f]{2}){5}");
        assertThat(MacAddress.generated(new VmId("a"), "eth0")).isEqualTo(mac);
        assertThat(MacAddress.generated(new VmId("a"), "eth1")).isNotEqualTo(mac);
        assertThat(MacAddress.generated(new VmId("b"), "eth0")).isNotEqualTo(mac);
    }

    private VmSpec.Disk disk(String type, String format) {
        var path = directory.resolve("disk").toString();
        return new VmSpec.Disk("d", path, false, false, type, Map.of("format", format));
    }

    private VmSpec spec() {
        return new VmSpec(
                new VmSpec.Cpu(1, maxCpus, Optional.empty(), Map.of()),
                new VmSpec.Memory(64 << 20, false, 0, Map.of()),
                new VmSpec.Boot(kernel.toString(), "", arguments, bootOptions),
                disks,
                nics,
                new VmSpec.Console(false, "", "", ""),
                Map.of());
    }

    private static List<String> fields(List<Violation> violations) {
        return violations.stream().map(Violation::field).toList();
    }
}
