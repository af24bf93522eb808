package dev.vmcp.core.vm;

/// What moves a VM from phase to phase: decisions of callers and observations of the world.
public sealed interface Event {

    /// Decided: start a VMM under this launch id.
    record LaunchPlanned(LaunchId launch) implements Event {}

    /// Observed: the VMM of the planned launch runs the guest.
    record Launched(ProcessId process) implements Event {}

    /// Observed: the planned launch came to nothing.
    record LaunchFailed(String why) implements Event {}

    /// Observed: the virtual CPUs stand still.
    record PauseSeen() implements Event {}

    /// Observed: the virtual CPUs run.
    record RunSeen() implements Event {}

    /// Decided: bring the guest down, with `restart` up again afterwards.
    record StopPlanned(boolean restart) implements Event {}

    /// Observed: the guest was restarted inside its VMM.
    record Restarted() implements Event {}

    /// Observed: the guest asked for a restart, which ended its VMM.
    record RestartWanted() implements Event {}

    /// Observed: the VM is down as somebody wished; no process is left.
    record Ended(String how) implements Event {}

    /// Observed: the VM is down although nobody wished it; no process is left.
    record Died(String why) implements Event {}

    /// Decided: remove the VM.
    record DeletePlanned() implements Event {}
}
