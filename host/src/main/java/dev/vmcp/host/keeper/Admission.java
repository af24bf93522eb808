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
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

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
        var chosen = backends.choose(spec, backend);
        var name =
                chosen instanceof Outcome.Done<BackendChoice>(var choice) ? choice.backend() : "";
        var findings = SpecRules.check(spec, limitsOf(name)).and(checks.check(spec));
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
            findings = findings.and(OptionKeys.check(spec, name)).and(driverFindings(name, spec));
        }
        var problem = findings.problem(name);
        return problem.isPresent()
                ? Outcome.refused(problem.get())
                : chosen.map(choice -> order(vmId, spec, choice));
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
