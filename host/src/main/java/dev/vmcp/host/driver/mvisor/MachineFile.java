package dev.vmcp.host.driver.mvisor;

import dev.vmcp.core.vm.VmSpec;
import java.nio.file.Path;
import java.util.List;

/// The YAML file that tells MVisor what to run: a q35 chipset, a serial port, disks.
///
/// No text of a user stands in it: disks are named by the descriptors that MVisor inherits, which
/// also keeps it from guessing an image's format by the name of the file.
final class MachineFile {

    private static final long MEBIBYTE = 1 << 20;

    private static final List<String> CHIPSET =
            List.of(
                    "q35-host",
                    "kvm-irqchip",
                    "kvm-clock",
                    "firmware-config",
                    "dummy-device",
                    "ich9-lpc",
                    "ich9-ahci",
                    "cmos",
                    "ps2",
                    "uart");

    private MachineFile() {}

    /// @param firmware read by MVisor at each reset
    /// @param disks the descriptors of the spec's disks, in the spec's order
    static String of(VmSpec spec, Path firmware, List<Integer> disks) {
        var text = new StringBuilder();
        text.append("machine:\n");
        text.append("  memory: ").append(spec.memory().bytes() / MEBIBYTE).append("M\n");
        text.append("  vcpu: ").append(spec.cpu().count()).append('\n');
        text.append("  bios: ").append(quoted(firmware.toString())).append('\n');
        text.append("objects:\n");
        CHIPSET.forEach(name -> text.append("  - class: ").append(name).append('\n'));
        // The firmware boots the first disk.
        for (var root : List.of(true, false)) {
            for (var i = 0; i < disks.size(); i++) {
                if (spec.disks().get(i).root() == root) {
                    disk(text, spec.disks().get(i), disks.get(i));
                }
            }
        }
        return text.toString();
    }

    private static void disk(StringBuilder text, VmSpec.Disk disk, int descriptor) {
        text.append("  - class: virtio-block\n");
        text.append("    image: /proc/self/fd/").append(descriptor).append('\n');
        text.append("    readonly: ").append(disk.readOnly() ? "yes" : "no").append('\n');
    }

    /// A single-quoted YAML scalar, in which only the quote itself is special.
    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
