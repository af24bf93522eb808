package dev.vmcp.core.vm;

import dev.vmcp.core.vm.VmSpec.Boot;
import dev.vmcp.core.vm.VmSpec.Console;
import dev.vmcp.core.vm.VmSpec.Cpu;
import dev.vmcp.core.vm.VmSpec.Disk;
import dev.vmcp.core.vm.VmSpec.Memory;
import dev.vmcp.core.vm.VmSpec.Nic;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Specs for tests: a good one, and copies with one part changed.
final class Specs {

    static final long GIB = 1L << 30;

    static final VmSpec GOOD =
            new VmSpec(
                    cpu(2, 4),
                    new Memory(2 * GIB, false, 0, Map.of()),
                    boot("/opt/kernels/vmlinux", "", "console=ttyS0 root=/dev/vda1 rw"),
                    List.of(disk("/var/lib/vms/ubuntu-22.04.img")),
                    List.of(),
                    new Console(false, "", "", ""),
                    Map.of());

    private Specs() {}

    static Cpu cpu(int count, int max) {
        return new Cpu(count, max, Optional.empty(), Map.of());
    }

    static Cpu cpu(int count, int max, VmSpec.Topology topology) {
        return new Cpu(count, max, Optional.of(topology), Map.of());
    }

    static Boot boot(String kernel, String initrd, String args) {
        return new Boot(kernel, initrd, args, Map.of());
    }

    static Disk disk(String path) {
        return new Disk("", path, false, false, "", Map.of());
    }

    static Disk readOnly(String path) {
        return new Disk("", path, true, false, "", Map.of());
    }

    static Disk root(String path) {
        return new Disk("", path, false, true, "", Map.of());
    }

    static Nic nic(String id, String tap, String mac) {
        return new Nic(id, mac, tap, "", Map.of());
    }

    static VmSpec with(Cpu cpu) {
        return new VmSpec(
                cpu,
                GOOD.memory(),
                GOOD.boot(),
                GOOD.disks(),
                GOOD.nics(),
                GOOD.console(),
                GOOD.metadata());
    }

    static VmSpec withMemory(long bytes, boolean hotplug, long max) {
        return new VmSpec(
                GOOD.cpu(),
                new Memory(bytes, hotplug, max, Map.of()),
                GOOD.boot(),
                GOOD.disks(),
                GOOD.nics(),
                GOOD.console(),
                GOOD.metadata());
    }

    static VmSpec with(Boot boot) {
        return new VmSpec(
                GOOD.cpu(),
                GOOD.memory(),
                boot,
                GOOD.disks(),
                GOOD.nics(),
                GOOD.console(),
                GOOD.metadata());
    }

    static VmSpec with(Disk... disks) {
        return new VmSpec(
                GOOD.cpu(),
                GOOD.memory(),
                GOOD.boot(),
                List.of(disks),
                GOOD.nics(),
                GOOD.console(),
                GOOD.metadata());
    }

    static VmSpec with(Nic... nics) {
        return new VmSpec(
                GOOD.cpu(),
                GOOD.memory(),
                GOOD.boot(),
                GOOD.disks(),
                List.of(nics),
                GOOD.console(),
                GOOD.metadata());
    }

    static VmSpec with(Console console) {
        return new VmSpec(
                GOOD.cpu(),
                GOOD.memory(),
                GOOD.boot(),
                GOOD.disks(),
                GOOD.nics(),
                console,
                GOOD.metadata());
    }

    static VmSpec with(Map<String, String> metadata) {
        return new VmSpec(
                GOOD.cpu(),
                GOOD.memory(),
                GOOD.boot(),
                GOOD.disks(),
                GOOD.nics(),
                GOOD.console(),
                metadata);
    }
}
