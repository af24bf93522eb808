package dev.vmcp.core.backend;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The one registry of what may stand in the contract's maps. A key that a backend does not know is
/// refused, never ignored.
public final class OptionKeys {

    /// The most entries of one map of a request.
    static final int MOST_ENTRIES = 32;

    private static final List<OptionKey> ALL =
            Stream.of(
                            OptionRegistry.OF_QEMU,
                            OptionRegistry.OF_CLOUD_HYPERVISOR,
                            OptionRegistry.OF_FIRECRACKER)
                    .flatMap(List::stream)
                    .toList();

    private OptionKeys() {}

    public static List<OptionKey> all() {
        return ALL;
    }

    /// The keys of one map that `backend` knows, in the order of the reference page.
    public static List<OptionKey> of(String backend, OptionField field) {
        return ALL.stream()
                .filter(key -> key.backend().equals(backend) && key.field() == field)
                .toList();
    }

    /// Judges every map of `spec`, which at most has as many devices as the rules of specs allow.
    public static SpecFindings check(VmSpec spec, String backend) {
        var found = new ArrayList<Violation>();
        map(backend, OptionField.CPU_FEATURES, 0, spec.cpu().features(), found);
        map(backend, OptionField.MEMORY_BACKING, 0, spec.memory().backing(), found);
        map(backend, OptionField.BOOT_OPTIONS, 0, spec.boot().options(), found);
        for (var i = 0; i < spec.disks().size(); i++) {
            map(backend, OptionField.STORAGE_OPTIONS, i, spec.disks().get(i).options(), found);
        }
        for (var i = 0; i < spec.nics().size(); i++) {
            map(backend, OptionField.NETWORK_OPTIONS, i, spec.nics().get(i).options(), found);
        }
        return new SpecFindings(found, List.of());
    }

    private static void map(
            String backend,
            OptionField field,
            int index,
            Map<String, String> options,
            List<Violation> found) {
        if (options.isEmpty()) {
            return;
        }
        if (options.size() > MOST_ENTRIES) {
            found.add(
                    Violation.of(
                            field.at(index),
                            options.size() + " entries",
                            "at most " + MOST_ENTRIES));
            return;
        }
        var known = of(backend, field);
        new TreeMap<>(options)
                .forEach((key, value) -> {
                    var path = field.path(index, key);
                    known.stream()
                            .filter(one -> one.key().equals(key))
                            .findFirst()
                            .ifPresentOrElse(
                                    one -> value(one, path, value, found),
                                    () -> found.add(unknown(backend, known, path, key)));
                });
    }

    private static void value(OptionKey key, String path, String value, List<Violation> found) {
        if (!key.values().accepts(value)) {
            found.add(Violation.of(path, value, key.values().expected()));
        }
    }

    private static Violation unknown(
            String backend, List<OptionKey> known, String path, String key) {
        var names = known.stream().map(OptionKey::key).collect(Collectors.joining(", "));
        return Violation.of(
                path,
                key,
                names.isEmpty()
                        ? "no key: backend " + backend + " knows none here"
                        : "a key that backend " + backend + " knows: " + names);
    }
}
