package dev.vmcp.host.driver.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.vmm.FilesAsNamed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// How a spec becomes arguments.
final class CommandLineTest {

    private static final String HOSTILE = "/data/a,readonly=on,file.filename=/etc/shadow\"}";

    @Test
    void theRootDiskComesFirstInTheGuestsOrder() throws IOException {
        var line =
                line(
                        Accelerator.Kind.KVM,
                        List.of(
                                disk("data", "/data", false, ""),
                                disk("root", "/system", true, "")),
                        List.of(nic("")));
        assertThat(line)
                .containsSubsequence(
                        "virtio-blk-device,bus=virtio-mmio-bus.2,drive=d-disk0,id=cold-disk-root",
                        "virtio-blk-device,bus=virtio-mmio-bus.1,drive=d-disk1,id=cold-disk-data",
                        "tap,id=net0,fd=5",
                        "virtio-net-device,bus=virtio-mmio-bus.0,netdev=net0,mac=02:00:00:00:00:01,id=cold-nic-n");
    }

    @Test
    void noPathOfAUserStandsAmongOptions() throws IOException {
        var line = line(Accelerator.Kind.KVM, List.of(disk("d", HOSTILE, false, "")), List.of());
        assertThat(line).noneMatch(argument -> argument.contains("shadow"));
    }

    @Test
    void aQ35HasPciDevicesWithoutBootRoms() throws IOException {
        var line =
                line(
                        Accelerator.Kind.TCG,
                        List.of(
                                disk("a", "/a", false, "scsi"),
                                disk("b", "/b", false, "nvme"),
                                disk("c", "/c", false, "ide"),
                                disk("d", "/d", false, "")),
                        List.of(nic("e1000"), nic("")));
        assertThat(line)
                .contains(
                        "virtio-scsi-pci,id=scsi0",
                        "scsi-hd,bus=scsi0.0,drive=d-disk0,id=cold-disk-a",
                        "pcie-root-port,id=port7,chassis=8,slot=8",
                        "nvme,drive=d-disk1,serial=disk1,id=cold-disk-b",
                        "ide-hd,bus=ide.0,drive=d-disk2,id=cold-disk-c",
                        "virtio-blk-pci,drive=d-disk3,id=cold-disk-d")
                .anyMatch(argument -> argument.startsWith("e1000,romfile=,"))
                .anyMatch(argument -> argument.startsWith("virtio-net-pci,romfile=,"));
    }

    @Test
    void aCommaInTheDataDirectoryIsNoOption() throws IOException {
        assertThat(line(Accelerator.Kind.KVM, List.of(), List.of()))
                .contains("pipe,id=serial,path=/x,,y/l-000000000000000000000001/serial")
                .contains("/x,y/l-000000000000000000000001/pid");
    }

    private static List<String> line(
            Accelerator.Kind kind, List<VmSpec.Disk> disks, List<VmSpec.Nic> nics)
            throws IOException {
        var spec =
                new VmSpec(
                        new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                        new VmSpec.Memory(64 << 20, false, 0, Map.of()),
                        new VmSpec.Boot("/kernel", "", "console=ttyS0,115200", Map.of()),
                        disks,
                        nics,
                        new VmSpec.Console(false, "", "", ""),
                        Map.of());
        var id = new LaunchId("l-000000000000000000000001");
        var launch = new Launch(id, new VmId("vm"), Path.of("/x,y", id.value()), 0);
        return new CommandLine(
                        spec,
                        launch,
                        new Accelerator(kind, "test"),
                        new Handover(new FilesAsNamed(), launch.id()))
                .of("/usr/bin/qemu", "/proc/self/fd/3", "");
    }

    private static VmSpec.Disk disk(String id, String path, boolean root, String type) {
        return new VmSpec.Disk(id, path, false, root, type, Map.of());
    }

    private static VmSpec.Nic nic(String type) {
        return new VmSpec.Nic("n", "02:00:00:00:00:01", "tap0", type, Map.of());
    }
}
