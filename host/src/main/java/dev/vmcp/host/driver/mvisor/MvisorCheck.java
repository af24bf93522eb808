package dev.vmcp.host.driver.mvisor;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.SpecCheck;
import dev.vmcp.host.vmm.FileHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What of a spec MVisor refuses: nearly everything that is not a raw disk.
final class MvisorCheck {

    /// APIC numbers have 8 bits, and an odd count above 1 aborts MVisor.
    private static final int MOST_VCPUS = 254;

    private static final int QCOW2 = 0x514649fb;

    private final VmSpec spec;
    private final List<Violation> invalid = new ArrayList<>();
    private final List<Violation> unsupported = new ArrayList<>();

    private MvisorCheck(VmSpec spec) {
        this.spec = spec;
    }

    static SpecCheck of(VmSpec spec) {
        var check = new MvisorCheck(spec);
        check.boot();
        check.processors();
        check.memory();
        check.disks();
        check.rest();
        return new SpecCheck(check.invalid, check.unsupported);
    }

    private void boot() {
        var expected = "empty: MVisor boots a disk by firmware";
        unless(spec.boot().kernel().isEmpty(), "boot.kernel_path", spec.boot().kernel(), expected);
        unless(spec.boot().initrd().isEmpty(), "boot.initrd_path", spec.boot().initrd(), expected);
        unless(spec.boot().args().isEmpty(), "boot.kernel_args", spec.boot().args(), expected);
    }

    private void processors() {
        var cpu = spec.cpu();
        unless(
                cpu.count() == 1 || (cpu.count() % 2 == 0 && cpu.count() <= MOST_VCPUS),
                "cpu.vcpu_count",
                cpu.count(),
                "1, or an even number up to " + MOST_VCPUS);
        unless(
                cpu.max() <= cpu.count(),
                "cpu.max_vcpu_count",
                cpu.max(),
                "no more than vcpu_count: MVisor adds none to a guest that runs");
        unless(
                cpu.topology().isEmpty(),
                "cpu.topology",
                "a topology",
                "none: MVisor makes two threads of each core");
    }

    private void memory() {
        var memory = spec.memory();
        unless(!memory.hotplug(), "memory.hotplug_enabled", true, "false");
        unless(
                memory.maxBytes() <= memory.bytes(),
                "memory.max_size_bytes",
                memory.maxBytes(),
                "no more than size_bytes: MVisor adds none to a guest that runs");
    }

    private void disks() {
        if (spec.disks().isEmpty()) {
            invalid.add(
                    Violation.of(
                            "config.storage", "no disk", "a disk, which MVisor's firmware boots"));
        }
        for (var i = 0; i < spec.disks().size(); i++) {
            var disk = spec.disks().get(i);
            var field = "storage[" + i + "]";
            var type = disk.interfaceType();
            unless(
                    type.isEmpty() || type.equals("virtio-blk"),
                    field + ".interface_type",
                    type,
                    "empty or virtio-blk");
            if (!disk.path().isEmpty()) {
                image(Path.of(disk.path()), field + ".path");
            }
        }
    }

    private void image(Path path, String field) {
        try {
            unless(
                    Files.isRegularFile(path),
                    field,
                    path,
                    "a regular file: MVisor finds no size of a block device");
            var head = FileHead.read(path, Integer.BYTES);
            unless(
                    head.hasRemaining() || head.getInt(0) != QCOW2,
                    field,
                    path,
                    "a raw image: one of another format breaks when MVisor is killed");
        } catch (IOException e) {
            invalid.add(Violation.of("config." + field, path, "a readable file"));
        }
    }

    private void rest() {
        for (var i = 0; i < spec.nics().size(); i++) {
            unless(
                    false,
                    "network[" + i + "]",
                    spec.nics().get(i).tap(),
                    "no network device: MVisor runs in a network of its own");
        }
        unless(
                !spec.console().type().equals("virtio-console"),
                "console.console_type",
                spec.console().type(),
                "serial");
    }

    private void unless(boolean fine, String field, Object value, String expected) {
        if (!fine) {
            unsupported.add(Violation.of("config." + field, value, expected));
        }
    }
}
