package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.Verdict;
import java.time.Duration;

/// What a caller wants of a VM: one of the verbs.
///
/// @param grace how long a graceful shutdown or reboot may take before force is used
public record Ask(Verb verb, boolean force, Duration grace) implements Wish {

    /// The grace of a caller that named none.
    public static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    public static Ask of(Verb verb) {
        return new Ask(verb, false, DEFAULT_GRACE);
    }

    public static Ask forced(Verb verb) {
        return new Ask(verb, true, DEFAULT_GRACE);
    }

    @Override
    public String word() {
        return verb.word();
    }

    @Override
    public Verdict in(Phase phase) {
        return Verdict.of(verb, phase, force);
    }

    @Override
    public boolean overtakes() {
        return force && (verb == Verb.SHUTDOWN || verb == Verb.DELETE);
    }
}
