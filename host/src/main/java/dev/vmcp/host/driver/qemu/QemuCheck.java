package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.SpecCheck;
import dev.vmcp.host.vmm.HugePages;
import dev.vmcp.host.vmm.KernelFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What of a spec QEMU refuses: formats, and what no machine type of it has.
final class QemuCheck {

    private static final int MOST_VCPUS = 288;
    private static final int MOST_IDE = 6;

    private final VmSpec spec;
    private final List<Violation> invalid = new ArrayList<>();
    private final List<Violation> unsupported = new ArrayList<>();

    private QemuCheck(VmSpec spec) {
        this.spec = spec;
    }

    static SpecCheck of(VmSpec spec) {
        var check = new QemuCheck(spec);
        check.processors();
        HugePages.objection(spec.memory()).ifPresent(check.invalid::add);
        check.kernel();
        check.disks();
        check.nics();
        check.unsupported.addAll(Machine.lacking(spec));
        if (spec.console().type().equals("virtio-console")) {
            check.unsupported.add(
                    Violation.of(
                            "config.console.console_type",
                            spec.console().type(),
                            "serial, which this driver wires"));
        }
        return new SpecCheck(check.invalid, check.unsupported);
    }

    private void processors() {
        var most = Math.max(spec.cpu().count(), spec.cpu().max());
        if (most > MOST_VCPUS) {
            var field =
                    spec.cpu().max() == most
                            ? "config.cpu.max_vcpu_count"
                            : "config.cpu.vcpu_count";
            unsupported.add(Violation.of(field, most, "at most " + MOST_VCPUS));
        }
    }

    private void kernel() {
        var kernel = spec.boot().kernel();
        if (kernel.isEmpty()) {
            invalid.add(Violation.of("config.boot.kernel_path", kernel, KernelFormat.EXPECTED));
            return;
        }
        try {
            if (!KernelFormat.known(Path.of(kernel))) {
                invalid.add(Violation.of("config.boot.kernel_path", kernel, KernelFormat.EXPECTED));
            }
        } catch (IOException e) {
            invalid.add(Violation.of("config.boot.kernel_path", kernel, "a readable file"));
        }
    }

    private void disks() {
        var ide = 0;
        for (var i = 0; i < spec.disks().size(); i++) {
            var disk = spec.disks().get(i);
            var field = "config.storage[" + i + "]";
            if (disk.interfaceType().equals("ide")) {
                if (++ide > MOST_IDE) {
                    unsupported.add(
                            Violation.of(field + ".interface_type", "ide", "at most 6 such disks"));
                }
                if (disk.readOnly()) {
                    unsupported.add(
                            Violation.of(
                                    field + ".read_only",
                                    true,
                                    "false, for an IDE disk cannot be"));
                }
            }
        }
    }

    private void nics() {
        for (var i = 0; i < spec.nics().size(); i++) {
            var nic = spec.nics().get(i);
            if (nic.tap().isEmpty()) {
                invalid.add(
                        Violation.of(
                                "config.network[" + i + "].tap_device",
                                nic.tap(),
                                "the name of a TAP device"));
            }
        }
    }
}
