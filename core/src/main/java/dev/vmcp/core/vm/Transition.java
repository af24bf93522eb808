package dev.vmcp.core.vm;

import dev.vmcp.core.vm.Event.DeletePlanned;
import dev.vmcp.core.vm.Event.Died;
import dev.vmcp.core.vm.Event.Ended;
import dev.vmcp.core.vm.Event.LaunchFailed;
import dev.vmcp.core.vm.Event.LaunchPlanned;
import dev.vmcp.core.vm.Event.Launched;
import dev.vmcp.core.vm.Event.PauseSeen;
import dev.vmcp.core.vm.Event.RestartWanted;
import dev.vmcp.core.vm.Event.Restarted;
import dev.vmcp.core.vm.Event.RunSeen;
import dev.vmcp.core.vm.Event.StopPlanned;
import dev.vmcp.core.vm.Phase.Booting;
import dev.vmcp.core.vm.Phase.Created;
import dev.vmcp.core.vm.Phase.Deleting;
import dev.vmcp.core.vm.Phase.Failed;
import dev.vmcp.core.vm.Phase.Paused;
import dev.vmcp.core.vm.Phase.Running;
import dev.vmcp.core.vm.Phase.Stopped;
import dev.vmcp.core.vm.Phase.Stopping;
import java.util.List;
import java.util.Optional;

/// The one table of how a VM moves. Total: every pair of phase and event has an answer, and a pair
/// that must not happen answers empty, which its caller treats as a bug of ours.
public final class Transition {

    private Transition() {}

    /// The phase after `event`, or empty where the event cannot happen in `from`.
    public static Optional<Phase> next(Phase from, Event event) {
        return switch (from) {
            case Created _, Stopped _ -> atRest(event);
            // A shutdown of a failed VM acknowledges the failure.
            case Failed _ when event instanceof Ended(var how) -> Optional.of(new Stopped(how));
            case Failed _ -> atRest(event);
            case Booting(var launch) -> booting(launch, event);
            case Running(var launch, var process) -> running(launch, process, event);
            case Paused(var launch, var process) -> paused(launch, process, event);
            case Stopping stopping -> stopping(stopping, event);
            case Deleting deleting ->
                    event instanceof DeletePlanned ? Optional.of(deleting) : Optional.empty();
        };
    }

    private static Optional<Phase> atRest(Event event) {
        return switch (event) {
            case LaunchPlanned(var launch) -> Optional.of(new Booting(launch));
            case DeletePlanned _ -> Optional.of(new Deleting(List.of()));
            case Launched _,
                    LaunchFailed _,
                    PauseSeen _,
                    RunSeen _,
                    StopPlanned _,
                    Restarted _,
                    RestartWanted _,
                    Ended _,
                    Died _ ->
                    Optional.empty();
        };
    }

    private static Optional<Phase> booting(LaunchId launch, Event event) {
        return switch (event) {
            case Launched(var process) -> Optional.of(new Running(launch, process));
            case LaunchFailed(var why) -> Optional.of(new Failed(why));
            case Died(var why) -> Optional.of(new Failed(why));
            case Ended(var how) -> Optional.of(new Stopped(how));
            case DeletePlanned _ -> Optional.of(new Deleting(List.of(launch)));
            // The launch of a restart was cut short by a crash of ours: the next one.
            case LaunchPlanned(var next) -> Optional.of(new Booting(next));
            case PauseSeen _, RunSeen _, StopPlanned _, Restarted _, RestartWanted _ ->
                    Optional.empty();
        };
    }

    private static Optional<Phase> running(LaunchId launch, ProcessId process, Event event) {
        return switch (event) {
            case PauseSeen _ -> Optional.of(new Paused(launch, process));
            case RunSeen _, Restarted _ -> Optional.of(new Running(launch, process));
            case StopPlanned(var restart) -> Optional.of(new Stopping(launch, process, restart));
            case RestartWanted _ -> Optional.of(new Stopping(launch, process, true));
            case Ended(var how) -> Optional.of(new Stopped(how));
            case Died(var why) -> Optional.of(new Failed(why));
            case DeletePlanned _ -> Optional.of(new Deleting(List.of(launch)));
            case LaunchPlanned _, Launched _, LaunchFailed _ -> Optional.empty();
        };
    }

    private static Optional<Phase> paused(LaunchId launch, ProcessId process, Event event) {
        return switch (event) {
            case RunSeen _ -> Optional.of(new Running(launch, process));
            case PauseSeen _ -> Optional.of(new Paused(launch, process));
            case StopPlanned(var restart) -> Optional.of(new Stopping(launch, process, restart));
            case RestartWanted _ -> Optional.of(new Stopping(launch, process, true));
            case Ended(var how) -> Optional.of(new Stopped(how));
            case Died(var why) -> Optional.of(new Failed(why));
            case DeletePlanned _ -> Optional.of(new Deleting(List.of(launch)));
            case LaunchPlanned _, Launched _, LaunchFailed _, Restarted _ -> Optional.empty();
        };
    }

    private static Optional<Phase> stopping(Stopping from, Event event) {
        return switch (event) {
            case StopPlanned(var restart) ->
                    Optional.of(new Stopping(from.launch(), from.process(), restart));
            case RestartWanted _ -> Optional.of(from);
            // A guest that restarts when told to stop does not make the stop undone.
            case Restarted _ ->
                    Optional.of(from.restart() ? new Running(from.launch(), from.process()) : from);
            // A restart that needs a new VMM process.
            case LaunchPlanned(var launch) ->
                    from.restart() ? Optional.of(new Booting(launch)) : Optional.empty();
            case Ended(var how) -> Optional.of(new Stopped(how));
            case Died(var why) -> Optional.of(new Failed(why));
            case DeletePlanned _ -> Optional.of(new Deleting(List.of(from.launch())));
            // The stop was given up: the VMM refused it and the guest runs on.
            case RunSeen _ -> Optional.of(new Running(from.launch(), from.process()));
            case Launched _, LaunchFailed _, PauseSeen _ -> Optional.empty();
        };
    }
}
