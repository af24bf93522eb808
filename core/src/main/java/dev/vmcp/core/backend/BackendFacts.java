package dev.vmcp.core.backend;

import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.SpecFindings;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is known of one backend when a VM needs one.
///
/// @param against what stands against the spec on this backend, as installed, beyond what stands
///   against it everywhere
public record BackendFacts(String name, Presence presence, SpecFindings against) {

    /// Whether the program is there.
    public sealed interface Presence {

        record Installed(String version, Accelerator accelerator) implements Presence {}

        /// @param why what is missing and what to do about it
        record Missing(String why) implements Presence {}
    }

    /// How a guest's instructions would run.
    public enum Accelerator {
        /// On a KVM that runs any guest.
        KVM,
        /// On a KVM that runs only guests made for it: `/dev/kvm` opens, but the CPU shows neither
        /// vmx nor svm. Good for no ordinary kernel.
        LIMITED_KVM,
        /// Translated by software: slow, and right for any guest.
        TCG,
        /// As the VMM does that somebody else started: theirs to know.
        ATTACHED
    }

    /// Whether a create that names this backend would be taken.
    public boolean able() {
        return presence instanceof Presence.Installed && against.none();
    }

    /// Why a create that names this backend would not be taken; empty where it would.
    Optional<String> inability() {
        return switch (presence) {
            case Presence.Missing(var why) -> Optional.of(why);
            case Presence.Installed _ ->
                    against.none() ? Optional.empty() : Optional.of(objections());
        };
    }

    private String objections() {
        var lacking = fields(against.unsupported(), Violation::field);
        var refused = fields(against.invalid(), Violation::sentence);
        return Stream.of(
                        lacking.isEmpty() ? "" : "it does not have " + lacking,
                        refused.isEmpty() ? "" : "it refuses " + refused)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private static String fields(List<Violation> violations, Function<Violation, String> word) {
        return violations.stream().map(word).collect(Collectors.joining(", "));
    }

    /// `53.0 with KVM`, or why it is missing.
    String how() {
        return switch (presence) {
            case Presence.Missing(var why) -> why;
            case Presence.Installed(var version, var accelerator) ->
                    switch (accelerator) {
                        case KVM -> version + " with KVM";
                        case TCG -> version + " with TCG";
                        case LIMITED_KVM -> version + " with limited KVM";
                        case ATTACHED -> version + ", attached";
                    };
        };
    }

    /// The name with the version of what is installed.
    public String title() {
        return presence instanceof Presence.Installed(var version, _) ? name + " " + version : name;
    }
}
