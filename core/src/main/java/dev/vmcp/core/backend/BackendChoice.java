package dev.vmcp.core.backend;

import dev.vmcp.core.backend.BackendFacts.Accelerator;
import dev.vmcp.core.backend.BackendFacts.Presence.Installed;
import dev.vmcp.core.backend.BackendFacts.Presence.Missing;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import java.util.ArrayList;
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

    /// What was asked for; empty where nobody said anything.
    ///
    /// @param requested by the call
    /// @param configured by the operator
    public record Wish(String requested, String configured) {}

    /// Chooses from `known`, one entry for each backend that this program has a driver for.
    public static Outcome<BackendChoice> of(Wish wish, List<BackendFacts> known) {
        if (!wish.requested().isEmpty()) {
            return wish.requested().equals(AUTO)
                    ? auto(known)
                    : named(wish.requested(), "asked for by the request", known);
        }
        return wish.configured().isEmpty() || wish.configured().equals(AUTO)
                ? auto(known)
                : named(wish.configured(), "configured for this host", known);
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
        var passed = new ArrayList<String>();
        for (var facts : ordered(known)) {
            var against = against(facts);
            if (against.isEmpty()) {
                return Outcome.done(new BackendChoice(facts.name(), reason(facts, passed)));
            }
            passed.add("not " + facts.name() + ": " + against.get());
        }
        return Outcome.refused(
                new Problem.BackendUnavailable(
                        AUTO, passed.isEmpty() ? "there is no driver" : String.join("; ", passed)));
    }

    private static List<BackendFacts> ordered(List<BackendFacts> known) {
        var preferred =
                PREFERENCE.stream()
                        .flatMap(name -> known.stream().filter(one -> one.name().equals(name)));
        var others = known.stream().filter(one -> !PREFERENCE.contains(one.name()));
        return Stream.concat(preferred, others).toList();
    }

    private static Optional<String> against(BackendFacts facts) {
        return switch (facts.presence()) {
            case Missing(var why) -> Optional.of(why);
            case Installed(_, var accelerator) when accelerator == Accelerator.LIMITED_KVM ->
                    Optional.of("KVM of this host runs only guests made for it");
            case Installed _ ->
                    facts.lacking().isEmpty()
                            ? Optional.empty()
                            : Optional.of(
                                    "it does not have "
                                            + facts.lacking().stream()
                                                    .map(Violation::field)
                                                    .collect(Collectors.joining(", ")));
        };
    }

    private static String reason(BackendFacts facts, List<String> passed) {
        var how =
                switch (facts.presence()) {
                    case Installed(var version, var accelerator) ->
                            version + " with " + accelerator.name().replace('_', ' ');
                    case Missing(var why) -> why;
                };
        return Stream.concat(Stream.of("auto: " + facts.name() + " " + how), passed.stream())
                .collect(Collectors.joining("; "));
    }

    private static String names(List<BackendFacts> known) {
        return Stream.concat(Stream.of(AUTO), known.stream().map(BackendFacts::name))
                .collect(Collectors.joining(", "));
    }
}
