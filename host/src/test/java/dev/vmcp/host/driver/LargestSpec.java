package dev.vmcp.host.driver;

import dev.vmcp.core.backend.OptionField;
import dev.vmcp.core.backend.OptionKey;
import dev.vmcp.core.backend.OptionKeys;
import dev.vmcp.core.backend.OptionValues;
import dev.vmcp.core.vm.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Specs that ask a backend for everything that it can be asked for, so that everything that its
/// driver can send is sent.
public final class LargestSpec {

    private static final long GIBIBYTE = 1L << 30;

    private LargestSpec() {}

    /// One for each way to fill the maps of options: the n-th has the n-th word of each key.
    public static List<VmSpec> of(String backend) {
        int most =
                OptionKeys.all().stream()
                        .filter(key -> key.backend().equals(backend))
                        .mapToInt(key -> words(key).size())
                        .max()
                        .orElse(1);
        var specs = new ArrayList<VmSpec>();
        for (int way = 0; way < most; way++) {
            specs.add(spec(backend, way));
        }
        return specs;
    }

    private static VmSpec spec(String backend, int way) {
        var disk = options(backend, OptionField.STORAGE_OPTIONS, way);
        var nic = options(backend, OptionField.NETWORK_OPTIONS, way);
        return new VmSpec(
                new VmSpec.Cpu(
                        2,
                        4,
                        Optional.of(new VmSpec.Topology(1, 2, 2)),
                        options(backend, OptionField.CPU_FEATURES, way)),
                new VmSpec.Memory(
                        GIBIBYTE,
                        true,
                        2 * GIBIBYTE,
                        options(backend, OptionField.MEMORY_BACKING, way)),
                new VmSpec.Boot(
                        "/opt/vmlinux",
                        "/opt/initrd",
                        "console=ttyS0",
                        options(backend, OptionField.BOOT_OPTIONS, way)),
                List.of(
                        new VmSpec.Disk("root", "/srv/root.img", false, true, "", disk),
                        new VmSpec.Disk("data", "/srv/data.img", true, false, "virtio-blk", disk)),
                List.of(
                        new VmSpec.Nic("eth0", "52:54:00:01:02:03", "tap0", "", nic),
                        new VmSpec.Nic("eth1", "", "tap1", "virtio-net", nic)),
                new VmSpec.Console(true, "/var/log/console.log", "", "serial"),
                Map.of("team", "x"));
    }

    private static Map<String, String> options(String backend, OptionField field, int way) {
        return OptionKeys.of(backend, field).stream()
                .collect(
                        Collectors.toMap(
                                OptionKey::key, key -> words(key).get(way % words(key).size())));
    }

    private static List<String> words(OptionKey key) {
        return switch (key.values()) {
            case OptionValues.Words(var words) -> words;
            case OptionValues.Name _ -> List.of("name");
            case OptionValues.Whole(var most) -> List.of("1", Long.toString(most));
        };
    }
}
