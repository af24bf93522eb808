package dev.vmcp.host.keeper;

import dev.vmcp.core.backend.BackendChoice;
import dev.vmcp.core.backend.OptionKeys;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.SpecRules;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.keeper.Keepers.Order;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Decides whether a VM may be created, before anything is written: the rules of specs, the host's
/// files and TAPs, and what the chosen backend can do. Says everything that is wrong at once.
public final class Admission {

    private final Backends backends;
    private final HostChecks checks;
    private final SpecRules.Limits limits;
    private final RandomGenerator random;

    public Admission(
            Backends backends, HostChecks checks, SpecRules.Limits limits, RandomGenerator random) {
        this.backends = backends;
        this.checks = checks;
        this.limits = limits;
        this.random = random;
    }

    /// @param vmId empty = one is made up
    /// @param backend empty = the configured one
    public Outcome<Order> admit(String vmId, VmSpec spec, String backend) {
        var local = checks.check(spec);
        var seen = withoutForbiddenFiles(spec, SpecRules.check(spec, limits).and(local));
        var chosen = backends.choose(seen, backend);
        var name =
                chosen instanceof Outcome.Done<BackendChoice>(var choice) ? choice.backend() : "";
        var findings = SpecRules.check(spec, limitsOf(name)).and(local);
        if (!vmId.isEmpty() && VmId.parse(vmId).isEmpty()) {
            findings =
                    invalid(Violation.of("vm_id", vmId, VmId.EXPECTED + ", or empty"))
                            .and(findings);
        }
        if (chosen
                instanceof Outcome.Refused<BackendChoice>(Problem.InvalidInput(var violations))) {
            findings = findings.and(new SpecFindings(violations, List.of()));
        }
        if (!name.isEmpty()) {
            findings = findings.and(OptionKeys.check(spec, name)).and(driverFindings(name, seen));
        }
        var problem = findings.problem(name);
        return problem.isPresent()
                ? Outcome.refused(problem.get())
                : chosen.map(choice -> order(vmId, spec, choice));
    }

    /// All that stands against `spec` on a backend that was chosen before.
    SpecFindings findings(VmSpec spec, String backend) {
        var local = checks.check(spec);
        var seen = withoutForbiddenFiles(spec, SpecRules.check(spec, limits).and(local));
        return SpecRules.check(spec, limitsOf(backend))
                .and(local)
                .and(OptionKeys.check(spec, backend))
                .and(driverFindings(backend, seen));
    }

    /// The spec as drivers see it, who look into files: those that may not be opened, be it that
    /// they lie where they must not or that they are no files, have no name. A driver's complaint
    /// about that is one about a field that has been objected to already.
    private static VmSpec withoutForbiddenFiles(VmSpec spec, SpecFindings findings) {
        var fields = findings.invalid().stream().map(Violation::field).collect(Collectors.toSet());
        var boot = spec.boot();
        var kernel = fields.contains("config.boot.kernel_path") ? "" : boot.kernel();
        var initrd = fields.contains("config.boot.initrd_path") ? "" : boot.initrd();
        var disks = new ArrayList<VmSpec.Disk>();
        for (int i = 0; i < spec.disks().size(); i++) {
            var disk = spec.disks().get(i);
            boolean forbidden = fields.contains("config.storage[" + i + "].path");
            disks.add(forbidden ? disk.at("") : disk);
        }
        return new VmSpec(
                spec.cpu(),
                spec.memory(),
                new VmSpec.Boot(kernel, initrd, boot.args(), boot.options()),
                disks,
                spec.nics(),
                spec.console(),
                spec.metadata());
    }

    private SpecRules.Limits limitsOf(String backend) {
        return backend.equals("mvisor") ? limits.with(SpecRules.Kernel.REFUSED) : limits;
    }

    private SpecFindings driverFindings(String name, VmSpec spec) {
        return backends.driver(name)
                .map(driver -> driver.check(spec))
                .map(check -> new SpecFindings(check.invalid(), check.unsupported()))
                .orElse(SpecFindings.NONE);
    }

    private static SpecFindings invalid(Violation violation) {
        return new SpecFindings(List.of(violation), List.of());
    }

    private Order order(String vmId, VmSpec spec, BackendChoice choice) {
        var id = vmId.isEmpty() ? "vm-" + HexFormat.of().toHexDigits(random.nextLong()) : vmId;
        return new Order(new VmId(id), spec, choice.backend(), choice.reason());
    }
}
