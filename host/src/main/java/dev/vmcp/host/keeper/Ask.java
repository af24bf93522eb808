package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.Verdict;
import java.time.Duration;
import java.util.Optional;

/// What a caller wants of a VM: one of the verbs.
///
/// @param grace how long a graceful shutdown or reboot may take before force is used; empty: as
///   long as the host gives
public record Ask(Verb verb, boolean force, Optional<Duration> grace) implements Wish {

    public Ask(Verb verb, boolean force, Duration grace) {
        this(verb, force, Optional.of(grace));
    }

    public static Ask of(Verb verb) {
        return of(verb, false);
    }

    public static Ask forced(Verb verb) {
        return of(verb, true);
    }

    public static Ask of(Verb verb, boolean force) {
        return new Ask(verb, force, Optional.empty());
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
