package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.SpecCheck;
import dev.vmcp.host.vmm.BackingChain;
import dev.vmcp.host.vmm.HugePages;
import dev.vmcp.host.vmm.KernelFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What of a spec Cloud Hypervisor refuses.
final class ChCheck {

    /// What Cloud Hypervisor can count for its interrupt controllers without x2APIC tricks.
    private static final int MOST_VCPUS = 255;

    private static final int MOST_DEVICES = 28;

    private final VmSpec spec;
    private final List<Violation> invalid = new ArrayList<>();
    private final List<Violation> unsupported = new ArrayList<>();

    private ChCheck(VmSpec spec) {
        this.spec = spec;
    }

    static SpecCheck of(VmSpec spec) {
        var check = new ChCheck(spec);
        check.processors();
        HugePages.objection(spec.memory()).ifPresent(check.invalid::add);
        check.kernel();
        for (var i = 0; i < spec.disks().size(); i++) {
            check.disk(spec.disks().get(i), "config.storage[" + i + "]");
        }
        for (var i = 0; i < spec.nics().size(); i++) {
            check.nic(spec.nics().get(i), "config.network[" + i + "]");
        }
        check.room();
        var console = spec.console().type();
        if (console.equals("virtio-console")) {
            check.lacks("config.console.console_type", console, "serial, which this driver wires");
        }
        return new SpecCheck(check.invalid, check.unsupported);
    }

    private void processors() {
        var cpu = spec.cpu();
        var most = VmConfig.mostCpus(cpu);
        var field = cpu.max() == most ? "config.cpu.max_vcpu_count" : "config.cpu.vcpu_count";
        if (most > MOST_VCPUS) {
            lacks(field, most, "at most " + MOST_VCPUS);
        }
        cpu.topology()
                .ifPresent(topology -> {
                    var product =
                            (long) topology.sockets()
                                    * topology.coresPerSocket()
                                    * topology.threadsPerCore();
                    if (product != most) {
                        lacks(
                                "config.cpu.topology",
                                product + " virtual CPUs",
                                "as many as the most that the guest may have, " + most);
                    }
                });
    }

    private void kernel() {
        var kernel = spec.boot().kernel();
        var field = "config.boot.kernel_path";
        try {
            if (kernel.isEmpty() || !KernelFormat.known(Path.of(kernel))) {
                invalid.add(Violation.of(field, kernel, KernelFormat.EXPECTED));
            }
        } catch (IOException e) {
            invalid.add(Violation.of(field, kernel, "a readable file"));
        }
    }

    private void disk(VmSpec.Disk disk, String field) {
        var type = disk.interfaceType();
        if (!type.isEmpty() && !type.equals("virtio-blk")) {
            lacks(field + ".interface_type", type, "virtio-blk");
        }
        if (VmConfig.isQcow2(disk)) {
            qcow2(disk, field + ".path");
        }
    }

    private void qcow2(VmSpec.Disk disk, String field) {
        try {
            BackingChain.objectionAlone(Path.of(disk.path()))
                    .ifPresent(expected ->
                            (expected.equals("a qcow2 image") ? invalid : unsupported)
                                    .add(Violation.of(field, disk.path(), expected)));
        } catch (IOException e) {
            invalid.add(Violation.of(field, disk.path(), "a readable file"));
        }
    }

    private void nic(VmSpec.Nic nic, String field) {
        var type = nic.interfaceType();
        if (!type.isEmpty() && !type.equals("virtio-net")) {
            lacks(field + ".interface_type", type, "virtio-net");
        }
        if (nic.tap().isEmpty()) {
            invalid.add(Violation.of(field + ".tap_device", nic.tap(), "the name of a TAP device"));
        }
    }

    /// One PCI segment has 32 places, of which the machine itself takes some.
    private void room() {
        var devices = spec.disks().size() + spec.nics().size();
        if (devices > MOST_DEVICES) {
            lacks(
                    "config.storage",
                    devices + " devices with those of config.network",
                    "at most " + MOST_DEVICES);
        }
    }

    private void lacks(String field, Object value, String expected) {
        unsupported.add(Violation.of(field, value, expected));
    }
}
