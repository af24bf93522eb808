package dev.vmcp.core.vm;

import java.util.List;

/// One of each phase and event, and two where a flag makes a difference.
final class Samples {

    static final LaunchId LAUNCH = new LaunchId("l-" + "a".repeat(24));
    static final LaunchId OTHER_LAUNCH = new LaunchId("l-" + "b".repeat(24));
    static final ProcessId PROCESS = new ProcessId(7, 70, "boot");

    static final List<Phase> PHASES =
            List.of(
                    new Phase.Created(),
                    new Phase.Booting(LAUNCH),
                    new Phase.Running(LAUNCH, PROCESS),
                    new Phase.Paused(LAUNCH, PROCESS),
                    new Phase.Stopping(LAUNCH, PROCESS, false),
                    new Phase.Stopping(LAUNCH, PROCESS, true),
                    new Phase.Stopped("guest powered off"),
                    new Phase.Failed("signal 9"),
                    new Phase.Deleting(List.of(LAUNCH)));

    static final List<Event> EVENTS =
            List.of(
                    new Event.LaunchPlanned(OTHER_LAUNCH),
                    new Event.Launched(PROCESS),
                    new Event.LaunchFailed("no kernel"),
                    new Event.PauseSeen(),
                    new Event.RunSeen(),
                    new Event.StopPlanned(false),
                    new Event.StopPlanned(true),
                    new Event.Restarted(),
                    new Event.RestartWanted(),
                    new Event.Ended("shutdown"),
                    new Event.Died("signal 9"),
                    new Event.DeletePlanned());

    private Samples() {}

    /// The phase or event in one word, with `restart` where it has that flag set.
    static String name(Record sample) {
        var restart =
                switch (sample) {
                    case Phase.Stopping(_, _, var flag) -> flag;
                    case Event.StopPlanned(var flag) -> flag;
                    default -> false;
                };
        return sample.getClass().getSimpleName() + (restart ? "+restart" : "");
    }
}
