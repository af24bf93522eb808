package dev.vmcp.core.vm;

import dev.vmcp.core.vm.SpecRules.Limits;
import dev.vmcp.core.vm.VmSpec.Cpu;
import dev.vmcp.core.vm.VmSpec.Memory;
import dev.vmcp.core.vm.VmSpec.Topology;

/// Virtual CPUs and memory.
final class ComputeRules {

    private ComputeRules() {}

    static void cpu(Cpu cpu, Limits limits, Objections objections) {
        var most = limits.mostCpus();
        var countFine =
                objections.require(
                        within(cpu.count(), most),
                        "config.cpu.vcpu_count",
                        cpu.count(),
                        "1 to " + most);
        var least = countFine ? cpu.count() : 1;
        var maxFine =
                objections.require(
                        cpu.max() == 0 || (cpu.max() >= least && cpu.max() <= most),
                        "config.cpu.max_vcpu_count",
                        cpu.max(),
                        "0, or vcpu_count (" + least + ") to " + most);
        if (countFine && maxFine) {
            cpu.topology().ifPresent(topology -> topology(topology, cpu.most(), most, objections));
        }
    }

    private static void topology(Topology topology, int wanted, int most, Objections objections) {
        var fine = factor("sockets", topology.sockets(), most, objections);
        fine &= factor("cores_per_socket", topology.coresPerSocket(), most, objections);
        fine &= factor("threads_per_core", topology.threadsPerCore(), most, objections);
        if (fine) {
            var product =
                    (long) topology.sockets()
                            * topology.coresPerSocket()
                            * topology.threadsPerCore();
            objections.require(
                    product == wanted,
                    "config.cpu.topology",
                    product,
                    "sockets × cores_per_socket × threads_per_core = "
                            + wanted
                            + ", which is max_vcpu_count, or vcpu_count where that is 0");
        }
    }

    private static boolean factor(String name, int value, int most, Objections objections) {
        return objections.require(
                within(value, most), "config.cpu.topology." + name, value, "1 to " + most);
    }

    private static boolean within(int value, int most) {
        return value >= 1 && value <= most;
    }

    static void memory(Memory memory, Limits limits, Objections objections) {
        var sizeFine =
                objections.require(
                        size(memory.bytes(), limits.leastMemory()),
                        "config.memory.size_bytes",
                        memory.bytes(),
                        range(limits.leastMemory()));
        var least = sizeFine ? memory.bytes() : limits.leastMemory();
        var maxFine =
                objections.require(
                        memory.maxBytes() == 0 || size(memory.maxBytes(), least),
                        "config.memory.max_size_bytes",
                        memory.maxBytes(),
                        "0, or size_bytes or more: " + range(least));
        if (sizeFine && maxFine && memory.hotplug()) {
            objections.require(
                    memory.maxBytes() >= memory.bytes(),
                    "config.memory.max_size_bytes",
                    memory.maxBytes(),
                    "size_bytes (" + memory.bytes() + ") or more with hotplug_enabled");
        }
    }

    private static boolean size(long bytes, long least) {
        return bytes >= least && bytes <= SpecRules.MOST_MEMORY && bytes % SpecRules.MEBIBYTE == 0;
    }

    private static String range(long least) {
        return "at least "
                + least
                + " ("
                + (least + SpecRules.MEBIBYTE - 1) / SpecRules.MEBIBYTE
                + " MiB), at most "
                + SpecRules.MOST_MEMORY
                + ", a multiple of "
                + SpecRules.MEBIBYTE;
    }
}
