package dev.vmcp.core.vm;

import java.time.Duration;
import java.time.Instant;

/// What is known of one run of a VM. For restarts that its own guest asks for: how long its VMM has
/// lived, and how many before it ended soon after their start. For diffs: the last snapshot.
///
/// @param launched when the VMM last came up; the epoch where none did
/// @param quickEnds how many VMMs in a row ended quickly because their guest wanted a restart
/// @param restarting whether the launch under way is there to bring back a guest that ran
/// @param base what a diff of the guest would stand on
public record Run(Instant launched, int quickEnds, boolean restarting, Base base) {

    public static final Run NONE = new Run(Instant.EPOCH, 0, false);

    /// An end this soon after the start is a quick one.
    public static final Duration QUICK = Duration.ofSeconds(30);

    public Run(Instant launched, int quickEnds, boolean restarting) {
        this(launched, quickEnds, restarting, Base.NONE);
    }

    /// The same with another snapshot as the last.
    public Run since(Base last) {
        return new Run(launched, quickEnds, restarting, last);
    }

    /// What it is after `event` at `now` has moved the VM on from `from`.
    public Run after(Phase from, Event event, Instant now) {
        return switch (event) {
            case Event.LaunchPlanned _ ->
                    from instanceof Phase.Stopping || restarting
                            ? new Run(launched, quickEnds, true)
                            : NONE;
            case Event.Launched _ -> new Run(now, quickEnds, false);
            case Event.RestartWanted _ -> new Run(launched, endsAt(now), false);
            case Event.Ended _, Event.Died _, Event.LaunchFailed _, Event.DeletePlanned _ -> NONE;
            case Event.PauseSeen _, Event.RunSeen _, Event.StopPlanned _, Event.Restarted _ -> this;
        };
    }

    /// The quick ends in a row, with one at `now`.
    int endsAt(Instant now) {
        boolean quick = Duration.between(launched, now).compareTo(QUICK) < 0;
        return quick ? quickEnds + 1 : 0;
    }
}
