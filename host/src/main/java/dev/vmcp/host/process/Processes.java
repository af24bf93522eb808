package dev.vmcp.host.process;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.ProcessId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Starts processes and finds them again. Safe for use by many threads.
public interface Processes {

    /// A running process whose argument list names a launch.
    record Found(LaunchId launch, ProcessId process) {}

    /// Starts a process that neither our death nor our terminal's signals reach.
    ///
    /// @throws ProcessException when it could not be started
    OsProcess spawn(Spawn what);

    /// Takes hold of a process that an earlier life of ours started; empty when it is gone.
    Optional<OsProcess> adopt(ProcessId id);

    /// Every living process with `<launches>/<launch id>` in its argument list, or with `--id
    /// <launch id>` of a launch that has a directory there.
    List<Found> scan(Path launches);

    /// Runs `written` on a virtual thread after a write to `file`, once for several in a row, and
    /// when it is removed; not for what was before the watch. One watch for each file at a time.
    ///
    /// Best effort: where the kernel has no more watches nothing is told, so whoever waits also
    /// looks by itself now and then.
    FileWatch watch(Path file, Runnable written);
}
