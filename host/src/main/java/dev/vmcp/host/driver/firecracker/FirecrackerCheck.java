package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.vmm.HugePages;
import dev.vmcp.host.vmm.KernelFormat;
import dev.vmcp.host.vmm.VirtioOnly;
import java.util.EnumSet;

/// What of a spec Firecracker refuses. A maximum of virtual CPUs is no part of it: it is ignored,
/// as documented.
final class FirecrackerCheck {

    private static final int MOST_VCPUS = 32;

    /// Virtio devices over MMIO, each with an interrupt of its own.
    private static final int MOST_DEVICES = 17;

    private static final int HUGE_PAGE_MEBIBYTES = 2;

    private FirecrackerCheck() {}

    static SpecFindings of(VmSpec spec) {
        var objections = new Objections();
        processors(spec.cpu(), objections);
        memory(spec.memory(), objections);
        KernelFormat.check(spec.boot(), EnumSet.of(KernelFormat.ELF), objections);
        VirtioOnly.check(spec, MOST_DEVICES, objections);
        VirtioOnly.serialConsole(spec, objections);
        return objections.findings();
    }

    private static void processors(VmSpec.Cpu cpu, Objections objections) {
        var count = cpu.count();
        objections.requireSupported(
                count <= MOST_VCPUS, "config.cpu.vcpu_count", count, "at most " + MOST_VCPUS);
        cpu.topology().ifPresent(topology -> topology(topology, count, objections));
    }

    private static void topology(VmSpec.Topology topology, int count, Objections objections) {
        var threads = topology.threadsPerCore();
        objections.requireSupported(
                topology.sockets() <= 1, "config.cpu.topology.sockets", topology.sockets(), "1");
        objections.requireSupported(
                threads <= 2, "config.cpu.topology.threads_per_core", threads, "1 or 2");
        objections.requireSupported(
                threads != 2 || count <= 1 || count % 2 == 0,
                "config.cpu.vcpu_count",
                count,
                "1 or even, with 2 threads per core");
    }

    private static void memory(VmSpec.Memory memory, Objections objections) {
        objections.requireSupported(
                !memory.hotplug(),
                "config.memory.hotplug_enabled",
                true,
                "false: its memory does not grow");
        objections.requireSupported(
                memory.hotplug() || memory.maxBytes() <= memory.bytes(),
                "config.memory.max_size_bytes",
                memory.maxBytes(),
                "0 or size_bytes");
        objections.require(
                !HugePages.wanted(memory)
                        || memory.bytes() / Configuration.MEBIBYTE % HUGE_PAGE_MEBIBYTES == 0,
                "config.memory.size_bytes",
                memory.bytes(),
                "a multiple of 2 MiB, with huge pages");
    }
}
