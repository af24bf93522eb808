package dev.vmcp.core.backend;

import dev.vmcp.core.problem.Violation;
import java.util.List;

/// What is known of one backend when a VM needs one.
///
/// @param lacking what the spec asks for and this backend, as installed, does not have
public record BackendFacts(String name, Presence presence, List<Violation> lacking) {

    public BackendFacts {
        lacking = List.copyOf(lacking);
    }

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
        TCG
    }
}
