package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.disk.FileUse;
import dev.vmcp.host.disk.SpecPaths;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What of a spec only this host can tell: whether its files and TAP devices are there and fit.
/// Looked at when a VM is created and again when it boots, since both may change in between.
public final class HostChecks {

    private final SpecPaths paths;
    private final BackingFiles backing;
    private final Predicate<String> tapExists;

    public HostChecks(SpecPaths paths, Predicate<String> tapExists) {
        this.paths = paths;
        this.backing = new BackingFiles(paths);
        this.tapExists = tapExists;
    }

    SpecFindings check(VmSpec spec) {
        var missing = new ArrayList<Violation>();
        for (int i = 0; i < spec.nics().size(); i++) {
            var tap = spec.nics().get(i).tap();
            if (!tap.isEmpty() && !tapExists.test(tap)) {
                missing.add(
                        Violation.of(
                                "config.network[" + i + "].tap_device",
                                tap,
                                "an existing TAP device; create it first: ip tuntap add dev "
                                        + tap
                                        + " mode tap"));
            }
        }
        var named = paths.check(spec);
        var bad = named.invalid().stream().map(Violation::field).toList();
        var behind = backing.violations(spec, bad);
        return named.and(new SpecFindings(behind, List.of()))
                .and(new SpecFindings(missing, List.of()));
    }

    /// What a launch of `spec` does to which files, for [dev.vmcp.host.disk.DiskLocks].
    List<FileUse> uses(VmSpec spec) {
        var uses = new ArrayList<>(paths.uses(spec));
        uses.addAll(backing.uses(spec));
        return uses;
    }
}
