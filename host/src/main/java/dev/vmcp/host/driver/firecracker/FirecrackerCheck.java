package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.SpecCheck;
import dev.vmcp.host.vmm.KernelFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What of a spec Firecracker refuses. A maximum of virtual CPUs is no part of it: it is ignored,
/// as documented.
final class FirecrackerCheck {

    private static final int MOST_VCPUS = 32;

    /// Virtio devices over MMIO, each with an interrupt of its own.
    private static final int MOST_DEVICES = 17;

    private static final int HUGE_PAGE_MEBIBYTES = 2;

    private final VmSpec spec;
    private final List<Violation> invalid = new ArrayList<>();
    private final List<Violation> unsupported = new ArrayList<>();

    private FirecrackerCheck(VmSpec spec) {
        this.spec = spec;
    }

    static SpecCheck of(VmSpec spec) {
        var check = new FirecrackerCheck(spec);
        check.processors();
        check.memory();
        check.kernel();
        check.disks();
        check.nics();
        if (spec.console().type().equals("virtio-console")) {
            check.lacks("config.console.console_type", spec.console().type(), "serial");
        }
        return new SpecCheck(check.invalid, check.unsupported);
    }

    private void processors() {
        var count = spec.cpu().count();
        if (count > MOST_VCPUS) {
            lacks("config.cpu.vcpu_count", count, "at most " + MOST_VCPUS);
        }
        spec.cpu()
                .topology()
                .ifPresent(topology -> {
                    var field = "config.cpu.topology.";
                    if (topology.sockets() > 1) {
                        lacks(field + "sockets", topology.sockets(), "1");
                    }
                    var threads = topology.threadsPerCore();
                    if (threads > 2) {
                        lacks(field + "threads_per_core", threads, "1 or 2");
                    }
                    if (threads == 2 && count > 1 && count % 2 != 0) {
                        lacks("config.cpu.vcpu_count", count, "1 or even, with 2 threads per core");
                    }
                });
    }

    private void memory() {
        var memory = spec.memory();
        if (memory.hotplug()) {
            lacks("config.memory.hotplug_enabled", true, "false: its memory does not grow");
        } else if (memory.maxBytes() > memory.bytes()) {
            lacks("config.memory.max_size_bytes", memory.maxBytes(), "0 or size_bytes");
        }
        var huge = memory.backing().getOrDefault("hugepages", "off").equals("on");
        if (huge && memory.bytes() / Configuration.MEBIBYTE % HUGE_PAGE_MEBIBYTES != 0) {
            invalid.add(
                    Violation.of(
                            "config.memory.size_bytes",
                            memory.bytes(),
                            "a multiple of 2 MiB, with huge pages"));
        }
    }

    private void kernel() {
        var kernel = spec.boot().kernel();
        var field = "config.boot.kernel_path";
        if (kernel.isEmpty()) {
            invalid.add(Violation.of(field, kernel, KernelFormat.ELF_EXPECTED));
            return;
        }
        try {
            switch (KernelFormat.of(Path.of(kernel))) {
                case ELF -> {}
                case BZIMAGE -> lacks(field, kernel, KernelFormat.ELF_EXPECTED);
                case UNKNOWN -> invalid.add(Violation.of(field, kernel, KernelFormat.ELF_EXPECTED));
            }
        } catch (IOException e) {
            invalid.add(Violation.of(field, kernel, "a readable file"));
        }
    }

    private void disks() {
        for (var i = 0; i < spec.disks().size(); i++) {
            var type = spec.disks().get(i).interfaceType();
            if (!type.isEmpty() && !type.equals("virtio-blk")) {
                lacks("config.storage[" + i + "].interface_type", type, "empty or virtio-blk");
            }
        }
    }

    private void nics() {
        for (var i = 0; i < spec.nics().size(); i++) {
            var type = spec.nics().get(i).interfaceType();
            if (!type.isEmpty() && !type.equals("virtio-net")) {
                lacks("config.network[" + i + "].interface_type", type, "empty or virtio-net");
            }
        }
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
