package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Specs made from others by one difference.
public final class Specs {

    private Specs() {}

    /// One CPU, no device, nothing said beyond kernel and memory.
    public static VmSpec plain(String kernel, String arguments, long memory) {
        return new VmSpec(
                new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                new VmSpec.Memory(memory, false, 0, Map.of()),
                new VmSpec.Boot(kernel, "", arguments, Map.of()),
                List.of(),
                List.of(),
                new VmSpec.Console(false, "", "", ""),
                Map.of());
    }

    public static VmSpec with(VmSpec spec, VmSpec.Cpu cpu) {
        return new VmSpec(
                cpu,
                spec.memory(),
                spec.boot(),
                spec.disks(),
                spec.nics(),
                spec.console(),
                spec.metadata());
    }

    public static VmSpec with(VmSpec spec, VmSpec.Memory memory) {
        return new VmSpec(
                spec.cpu(),
                memory,
                spec.boot(),
                spec.disks(),
                spec.nics(),
                spec.console(),
                spec.metadata());
    }

    public static VmSpec with(VmSpec spec, VmSpec.Boot boot) {
        return new VmSpec(
                spec.cpu(),
                spec.memory(),
                boot,
                spec.disks(),
                spec.nics(),
                spec.console(),
                spec.metadata());
    }

    public static VmSpec with(VmSpec spec, VmSpec.Disk disk) {
        return new VmSpec(
                spec.cpu(),
                spec.memory(),
                spec.boot(),
                append(spec.disks(), disk),
                spec.nics(),
                spec.console(),
                spec.metadata());
    }

    public static VmSpec with(VmSpec spec, VmSpec.Nic nic) {
        return new VmSpec(
                spec.cpu(),
                spec.memory(),
                spec.boot(),
                spec.disks(),
                append(spec.nics(), nic),
                spec.console(),
                spec.metadata());
    }

    public static VmSpec with(VmSpec spec, VmSpec.Console console) {
        return new VmSpec(
                spec.cpu(),
                spec.memory(),
                spec.boot(),
                spec.disks(),
                spec.nics(),
                console,
                spec.metadata());
    }

    public static VmSpec.Disk disk(String id, String path, boolean readOnly) {
        return new VmSpec.Disk(id, path, readOnly, false, "", Map.of());
    }

    public static VmSpec.Disk qcow2(String id, Path path) {
        return new VmSpec.Disk(id, path.toString(), false, false, "", Map.of("format", "qcow2"));
    }

    private static <T> List<T> append(List<T> list, T one) {
        return java.util.stream.Stream.concat(list.stream(), java.util.stream.Stream.of(one))
                .toList();
    }
}
