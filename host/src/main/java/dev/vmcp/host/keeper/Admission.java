package dev.vmcp.host.keeper;

import dev.vmcp.core.backend.BackendChoice;
import dev.vmcp.core.backend.BackendFacts;
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
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Decides whether a VM may be created, before anything is written: the rules of specs, the host's
/// files and TAPs, and what the chosen backend can do. Says everything that is wrong at once.
public final class Admission {

    /// Which backend a create would get.
    ///
    /// @param backend empty where it would get none
    /// @param reason why this one, or why none
    public record Explanation(
            String backend, String reason, List<BackendChoice.Judgement> judgements) {
        public Explanation {
            judgements = List.copyOf(judgements);
        }
    }

    private static final String KERNEL = "config.boot.kernel_path";
    private static final String KERNELLESS = "mvisor";

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
        var looked = look(spec);
        var chosen = looked.choose(backend);
        var name =
                chosen instanceof Outcome.Done<BackendChoice>(var choice) ? choice.backend() : "";
        var findings = looked.rules(name).and(looked.local());
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
            findings = findings.and(looked.own(name));
        }
        var problem = findings.problem(name);
        return problem.isPresent()
                ? Outcome.refused(looked.elsewhere(problem.get(), findings, name))
                : chosen.map(choice -> order(vmId, spec, choice));
    }

    /// All that stands against `spec` on a backend that was chosen before.
    SpecFindings findings(VmSpec spec, String backend) {
        var looked = look(spec);
        return looked.local().and(looked.own(backend));
    }

    /// Which backend a create would get. Touches nothing.
    ///
    /// @param spec empty = one that asks for nothing
    /// @param backend as in [#admit]
    /// @return a refusal where a create would be refused whatever the backend
    public Outcome<Explanation> explain(Optional<VmSpec> spec, String backend) {
        if (spec.isEmpty()) {
            var facts = backends.facts(_ -> SpecFindings.NONE);
            return explained(
                    BackendChoice.of(backends.wish(backend), facts), BackendChoice.judge(facts));
        }
        var looked = look(spec.get());
        var everywhere = looked.everywhere().problem("");
        if (everywhere.isPresent()) {
            return Outcome.refused(everywhere.get());
        }
        var admitted = admit("", spec.get(), backend);
        return explained(
                admitted.map(order -> new BackendChoice(order.backend(), order.reason())),
                BackendChoice.judge(looked.facts()));
    }

    private static Outcome<Explanation> explained(
            Outcome<BackendChoice> choice, List<BackendChoice.Judgement> judgements) {
        return switch (choice) {
            case Outcome.Done<BackendChoice>(var chosen) ->
                    Outcome.done(new Explanation(chosen.backend(), chosen.reason(), judgements));
            case Outcome.Refused<BackendChoice>(var problem) ->
                    Outcome.done(new Explanation("", problem.message(), judgements));
        };
    }

    private Looked look(VmSpec spec) {
        var local = checks.check(spec);
        var rules = SpecRules.check(spec, limits);
        return new Looked(spec, local, rules, withoutForbiddenFiles(spec, rules.and(local)));
    }

    /// What was seen of one spec: what this host's files and TAPs say, and the spec as drivers may
    /// see it.
    private final class Looked {
        private final VmSpec spec;
        private final SpecFindings local;
        private final SpecFindings rules;
        private final VmSpec seen;

        Looked(VmSpec spec, SpecFindings local, SpecFindings rules, VmSpec seen) {
            this.spec = spec;
            this.local = local;
            this.rules = rules;
            this.seen = seen;
        }

        SpecFindings local() {
            return local;
        }

        Outcome<BackendChoice> choose(String requested) {
            var wish = backends.wish(requested);
            // A named one is judged by the caller; the others need not be looked at.
            return BackendChoice.of(wish, wish.auto() ? facts() : backends.facts(wish));
        }

        List<BackendFacts> facts() {
            return backends.facts(name -> own(name).without(everywhere()));
        }

        /// What stands against the spec on any backend. That there is no kernel does not.
        SpecFindings everywhere() {
            return (spec.boot().kernel().isEmpty() ? rules.without(KERNEL) : rules).and(local);
        }

        /// What the rules of specs say, as they are on this backend.
        SpecFindings rules(String name) {
            return name.equals(KERNELLESS)
                    ? SpecRules.check(spec, limits.with(SpecRules.Kernel.REFUSED))
                    : rules;
        }

        /// What stands against the spec on this backend.
        SpecFindings own(String name) {
            var driver =
                    backends.driver(name).map(one -> one.check(seen)).orElse(SpecFindings.NONE);
            return rules(name).and(OptionKeys.check(spec, name)).and(driver);
        }

        /// The refusal with who refuses what it does not have, and who would not.
        Problem elsewhere(Problem problem, SpecFindings findings, String name) {
            if (findings.unsupported().isEmpty()) {
                return problem;
            }
            var facts = facts();
            var title =
                    facts.stream()
                            .filter(one -> one.name().equals(name))
                            .map(BackendFacts::title)
                            .findFirst()
                            .orElse(name);
            var able = BackendChoice.able(facts);
            if (problem instanceof Problem.Unsupported(var what, _, var why)) {
                return new Problem.Unsupported(what, title, why + "; " + able);
            }
            if (!(problem instanceof Problem.InvalidInput(var violations))) {
                return problem;
            }
            var told = new ArrayList<Violation>();
            for (var one : violations) {
                var words = one.expected() + "; not supported by backend " + title + "; " + able;
                told.add(
                        findings.unsupported().contains(one)
                                ? new Violation(one.field(), one.value(), words)
                                : one);
            }
            return new Problem.InvalidInput(told);
        }
    }

    /// The spec as drivers see it, who look into files: those that may not be opened, be it that
    /// they lie where they must not or that they are no files, have no name. A driver's complaint
    /// about that is one about a field that has been objected to already.
    private static VmSpec withoutForbiddenFiles(VmSpec spec, SpecFindings findings) {
        var fields = findings.invalid().stream().map(Violation::field).collect(Collectors.toSet());
        var boot = spec.boot();
        var kernel = fields.contains(KERNEL) ? "" : boot.kernel();
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

    private static SpecFindings invalid(Violation violation) {
        return new SpecFindings(List.of(violation), List.of());
    }

    private Order order(String vmId, VmSpec spec, BackendChoice choice) {
        var id = vmId.isEmpty() ? "vm-" + HexFormat.of().toHexDigits(random.nextLong()) : vmId;
        return new Order(new VmId(id), spec, choice.backend(), choice.reason());
    }
}
