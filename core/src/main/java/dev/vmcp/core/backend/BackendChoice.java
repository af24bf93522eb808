package dev.vmcp.core.backend;

import dev.vmcp.core.backend.BackendFacts.Accelerator;
import dev.vmcp.core.backend.BackendFacts.Presence.Installed;
import dev.vmcp.core.backend.BackendFacts.Presence.Missing;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which backend a VM gets, and why: the one that the request names, else the configured one, else
/// (`auto`) the first of the order of preference that is installed, runs any guest, and has what
/// the spec asks for.
///
/// @param backend the name of the chosen one
/// @param reason one line for people: why this one and, after `auto`, why not those before it
public record BackendChoice(String backend, String reason) {

    /// Leaves the choice to us.
    public static final String AUTO = "auto";

    private static final List<String> PREFERENCE =
            List.of("cloudhypervisor", "firecracker", "qemu", "mvisor");

    private static final String LIMITED = "KVM of this host runs only guests made for it";

    /// What was asked for; empty where nobody said anything.
    ///
    /// @param requested by the call
    /// @param configured by the operator
    public record Wish(String requested, String configured) {
        /// The one that counts; empty where nobody said anything.
        public String name() {
            return requested.isEmpty() ? configured : requested;
        }

        /// Whether the choice is left to us.
        public boolean auto() {
            return name().isEmpty() || name().equals(AUTO);
        }
    }

    /// Of one backend, for a dry run.
    ///
    /// @param possible whether a create that names it would be taken
    /// @param reason why not; or with what it would run
    public record Judgement(String backend, boolean possible, String reason) {}

    /// Chooses from `known`, one entry for each backend that this program has a driver for. What
    /// stands against the spec on a backend that was asked for by name is for the caller to say;
    /// and so it is where each one that could be taken objects to a value.
    public static Outcome<BackendChoice> of(Wish wish, List<BackendFacts> known) {
        if (wish.auto()) {
            return auto(ordered(known));
        }
        var reason =
                wish.requested().isEmpty()
                        ? "configured for this host"
                        : "asked for by the request";
        return named(wish.name(), reason, known);
    }

    /// Of each backend whether it would do, in the order of preference.
    public static List<Judgement> judge(List<BackendFacts> known) {
        return ordered(known).stream()
                .map(facts ->
                        new Judgement(
                                facts.name(),
                                facts.able(),
                                facts.inability()
                                        .orElseGet(() ->
                                                limited(facts)
                                                        ? facts.how() + ": " + LIMITED
                                                        : facts.how())))
                .toList();
    }

    /// Which of `known` would take the spec, for one that another has refused.
    public static String able(List<BackendFacts> known) {
        var able = ordered(known).stream().filter(BackendFacts::able).toList();
        return able.isEmpty()
                ? "no backend of this host could"
                : "could: "
                        + able.stream().map(BackendFacts::title).collect(Collectors.joining(", "));
    }

    private static Outcome<BackendChoice> named(
            String name, String reason, List<BackendFacts> known) {
        var facts = known.stream().filter(one -> one.name().equals(name)).findFirst();
        if (facts.isEmpty()) {
            return Outcome.refused(
                    new Problem.InvalidInput(
                            List.of(Violation.of("backend", name, "one of " + names(known)))));
        }
        return switch (facts.get().presence()) {
            case Missing(var why) -> Outcome.refused(new Problem.BackendUnavailable(name, why));
            case Installed _ -> Outcome.done(new BackendChoice(name, reason));
        };
    }

    private static Outcome<BackendChoice> auto(List<BackendFacts> known) {
        var usable = known.stream().filter(facts -> unusable(facts).isEmpty()).toList();
        var best =
                usable.stream()
                        .filter(facts -> facts.against().none())
                        .findFirst()
                        // A wrong value is the caller's to mend, wherever the VM then runs.
                        .or(() ->
                                usable.stream()
                                        .filter(facts -> facts.against().unsupported().isEmpty())
                                        .findFirst());
        if (best.isPresent()) {
            return Outcome.done(new BackendChoice(best.get().name(), reason(best.get(), known)));
        }
        var why = passed(known.stream());
        return Outcome.refused(
                usable.isEmpty()
                        ? new Problem.BackendUnavailable(
                                AUTO, why.isEmpty() ? "there is no driver" : why)
                        : new Problem.Unsupported("this configuration", AUTO, why));
    }

    private static List<BackendFacts> ordered(List<BackendFacts> known) {
        var preferred =
                PREFERENCE.stream()
                        .flatMap(name -> known.stream().filter(one -> one.name().equals(name)));
        var others = known.stream().filter(one -> !PREFERENCE.contains(one.name()));
        return Stream.concat(preferred, others).toList();
    }

    /// Why `auto` does not take it, whatever the spec.
    private static Optional<String> unusable(BackendFacts facts) {
        return switch (facts.presence()) {
            case Missing(var why) -> Optional.of(why);
            case Installed _ -> limited(facts) ? Optional.of(LIMITED) : Optional.empty();
        };
    }

    private static boolean limited(BackendFacts facts) {
        return facts.presence() instanceof Installed(_, var accelerator)
                && accelerator == Accelerator.LIMITED_KVM;
    }

    private static String reason(BackendFacts best, List<BackendFacts> known) {
        var before = passed(known.stream().takeWhile(facts -> !facts.equals(best)));
        return "auto: " + best.name() + " " + best.how() + (before.isEmpty() ? "" : "; " + before);
    }

    private static String passed(Stream<BackendFacts> facts) {
        return facts.map(one ->
                        "not "
                                + one.name()
                                + ": "
                                + unusable(one).or(one::inability).orElse("it is not preferred"))
                .collect(Collectors.joining("; "));
    }

    private static String names(List<BackendFacts> known) {
        return Stream.concat(Stream.of(AUTO), known.stream().map(BackendFacts::name))
                .collect(Collectors.joining(", "));
    }
}
