package dev.vmcp.host.process;

import dev.vmcp.core.vm.ProcessId;
import java.util.Optional;
import java.util.function.Consumer;

/// A process that we started or adopted, held by pidfd. Safe for use by many threads.
///
/// A zombie counts as gone.
public interface OsProcess extends AutoCloseable {

    ProcessId id();

    /// Empty while it lives.
    Optional<Exit> exit();

    /// Calls `listener` once, on a virtual thread, when the process has ended; at once if it has.
    void onExit(Consumer<Exit> listener);

    /// Waits for the end; empty when the deadline came first.
    Optional<Exit> await(Deadline deadline) throws InterruptedException;

    /// Whether we started it, so that it is ours to end.
    default boolean ours() {
        return true;
    }

    /// SIGKILL through the pidfd; does nothing to a process that has ended.
    void kill();

    /// Stops all threads of the process until [#thaw] (SIGSTOP through the pidfd). Returns before
    /// the last of them stands; does nothing to a process that has ended.
    void freeze();

    /// Lets a frozen process go on (SIGCONT).
    void thaw();

    /// Forgets the process without touching it, and closes the pidfd.
    @Override
    void close();
}
