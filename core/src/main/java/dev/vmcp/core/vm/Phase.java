package dev.vmcp.core.vm;

import java.util.List;

/// Where a VM stands, as committed to the journal. Each phase holds only what is true in it.
public sealed interface Phase {

    /// Recorded; never started.
    record Created() implements Phase {}

    /// A launch was journaled; its VMM may or may not exist yet.
    record Booting(LaunchId launch) implements Phase {}

    record Running(LaunchId launch, ProcessId process) implements Phase {}

    record Paused(LaunchId launch, ProcessId process) implements Phase {}

    /// On the way down; with `restart`, on the way down and up again.
    record Stopping(LaunchId launch, ProcessId process, boolean restart) implements Phase {}

    /// Ended because somebody wished it: a caller, or the guest itself.
    record Stopped(String how) implements Phase {}

    /// Ended although nobody wished it.
    record Failed(String why) implements Phase {}

    /// Being removed; what it owns may be gone in part. `launches` are those that may still have a
    /// process or a directory.
    record Deleting(List<LaunchId> launches) implements Phase {
        public Deleting {
            launches = List.copyOf(launches);
        }
    }

    /// The launches that may have a process in this phase.
    default List<LaunchId> launches() {
        return switch (this) {
            case Created _, Stopped _, Failed _ -> List.of();
            case Booting(var launch) -> List.of(launch);
            case Running(var launch, _) -> List.of(launch);
            case Paused(var launch, _) -> List.of(launch);
            case Stopping(var launch, _, _) -> List.of(launch);
            case Deleting(var launches) -> launches;
        };
    }

    /// Whether nothing runs and no step is under way.
    default boolean rests() {
        return switch (this) {
            case Created _, Stopped _, Failed _ -> true;
            case Booting _, Running _, Paused _, Stopping _, Deleting _ -> false;
        };
    }

    /// `Running`, `Stopped` and so on: the word that answers use.
    default String word() {
        return switch (this) {
            case Created _ -> "Created";
            case Booting _ -> "Booting";
            case Running _ -> "Running";
            case Paused _ -> "Paused";
            case Stopping _ -> "Stopping";
            case Stopped _ -> "Stopped";
            case Failed _ -> "Failed";
            case Deleting _ -> "Deleting";
        };
    }
}
