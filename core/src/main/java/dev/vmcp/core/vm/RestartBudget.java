package dev.vmcp.core.vm;

import java.time.Duration;
import java.time.Instant;

/// Decides whether a guest whose restart ended its VMM gets a new one, and when: at once at first,
/// later and later when VMM after VMM ends soon after its start, and in the end not at all.
///
/// @param most how many quick ends in a row make the VM fail
/// @param pause before the start after the second quick end; doubles with each further one
public record RestartBudget(int most, Duration pause) {

    public static final RestartBudget USUAL = new RestartBudget(5, Duration.ofMillis(500));

    /// What becomes of the VM.
    public sealed interface Decision {
        record Again(Duration after) implements Decision {}

        record Spent(String why) implements Decision {}
    }

    /// Decides on an end at `now` of a VMM with this past.
    public Decision decide(Run run, Instant now) {
        int ends = run.endsAt(now);
        if (ends >= most) {
            var span = Run.QUICK.toSeconds() + " s after its start";
            return new Decision.Spent(
                    "the guest asked for a restart within "
                            + span
                            + ", "
                            + ends
                            + " times in a row");
        }
        return new Decision.Again(ends < 2 ? Duration.ZERO : pause.multipliedBy(1L << (ends - 2)));
    }
}
