package dev.vmcp.host.driver.mvisor;

import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.FileHead;
import dev.vmcp.host.vmm.VirtioOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What of a spec MVisor refuses: nearly everything that is not a raw disk.
final class MvisorCheck {

    /// APIC numbers have 8 bits, and an odd count above 1 aborts MVisor.
    private static final int MOST_VCPUS = 254;

    private static final int QCOW2 = 0x514649fb;

    private MvisorCheck() {}

    static SpecFindings of(VmSpec spec) {
        var objections = new Objections();
        boot(spec.boot(), objections);
        processors(spec.cpu(), objections);
        memory(spec.memory(), objections);
        disks(spec, objections);
        for (var i = 0; i < spec.nics().size(); i++) {
            objections.requireSupported(
                    false,
                    "config.network[" + i + "]",
                    spec.nics().get(i).tap(),
                    "no network device: MVisor runs in a network of its own");
        }
        VirtioOnly.serialConsole(spec, objections);
        return objections.findings();
    }

    private static void boot(VmSpec.Boot boot, Objections objections) {
        without("kernel_path", boot.kernel(), objections);
        without("initrd_path", boot.initrd(), objections);
        without("kernel_args", boot.args(), objections);
    }

    private static void without(String name, String value, Objections objections) {
        objections.requireSupported(
                value.isEmpty(),
                "config.boot." + name,
                value,
                "empty: MVisor boots a disk by firmware");
    }

    private static void processors(VmSpec.Cpu cpu, Objections objections) {
        objections.requireSupported(
                cpu.count() == 1 || (cpu.count() % 2 == 0 && cpu.count() <= MOST_VCPUS),
                "config.cpu.vcpu_count",
                cpu.count(),
                "1, or an even number up to " + MOST_VCPUS);
        objections.requireSupported(
                cpu.max() <= cpu.count(),
                "config.cpu.max_vcpu_count",
                cpu.max(),
                "no more than vcpu_count: MVisor adds none to a guest that runs");
        objections.requireSupported(
                cpu.topology().isEmpty(),
                "config.cpu.topology",
                "a topology",
                "none: MVisor makes two threads of each core");
    }

    private static void memory(VmSpec.Memory memory, Objections objections) {
        objections.requireSupported(
                !memory.hotplug(), "config.memory.hotplug_enabled", true, "false");
        objections.requireSupported(
                memory.maxBytes() <= memory.bytes(),
                "config.memory.max_size_bytes",
                memory.maxBytes(),
                "no more than size_bytes: MVisor adds none to a guest that runs");
    }

    private static void disks(VmSpec spec, Objections objections) {
        objections.require(
                !spec.disks().isEmpty(),
                "config.storage",
                "no disk",
                "a disk, which MVisor's firmware boots");
        VirtioOnly.disks(spec, objections);
        for (var i = 0; i < spec.disks().size(); i++) {
            var path = spec.disks().get(i).path();
            if (!path.isEmpty()) {
                image(Path.of(path), "config.storage[" + i + "].path", objections);
            }
        }
    }

    private static void image(Path path, String field, Objections objections) {
        try {
            objections.requireSupported(
                    Files.isRegularFile(path),
                    field,
                    path,
                    "a regular file: MVisor finds no size of a block device");
            var head = FileHead.read(path, Integer.BYTES);
            objections.requireSupported(
                    head.hasRemaining() || head.getInt(0) != QCOW2,
                    field,
                    path,
                    "a raw image: one of another format breaks when MVisor is killed");
        } catch (IOException e) {
            objections.require(false, field, path, "a readable file");
        }
    }
}
