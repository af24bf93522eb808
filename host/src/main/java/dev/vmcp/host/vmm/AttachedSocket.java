package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SocketPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The socket of a VMM that somebody else started, and the process behind it. Safe for use by many
/// threads.
public final class AttachedSocket {

    private static final Duration PING = Duration.ofSeconds(1);
    private static final Duration FRESH = Duration.ofMillis(500);

    private record Seen(Probe probe, Deadline until) {}

    private final Path path;
    private final Processes processes;
    private volatile @Nullable Seen seen;

    public AttachedSocket(Path path, Processes processes) {
        this.path = path;
        this.processes = processes;
    }

    public Path path() {
        return path;
    }

    /// Calls it, whoever is behind it now.
    public RestClient dial() {
        return new RestClient(path, Optional::empty);
    }

    /// Calls it for as long as that process is behind it.
    public RestClient dial(OsProcess process) {
        return new RestClient(path, process::exit);
    }

    /// Who listens.
    ///
    /// @throws DriverException GONE when nobody does, or nobody whom we can see
    public ProcessId peer() {
        try {
            return SocketPeer.of(path);
        } catch (ProcessException e) {
            throw new DriverException(Kind.GONE, String.valueOf(e.getMessage()), e);
        }
    }

    /// Takes hold of the process, as one that is not ours.
    ///
    /// @param end as in [AttachedProcess]
    public Optional<OsProcess> hold(ProcessId id, Runnable end) {
        return processes.adopt(id).map(process -> new AttachedProcess(process, end));
    }

    /// As [#hold], of whoever listens now.
    ///
    /// @throws DriverException GONE when nobody does
    public OsProcess holdPeer(Runnable end) {
        return hold(peer(), end)
                .orElseThrow(() ->
                        new DriverException(Kind.GONE, "the VMM behind " + path + " has ended"));
    }

    /// What is there, at most half a second old.
    ///
    /// @param version asks the VMM for its own; its [DriverException] means that there is none
    public Probe probe(Function<Deadline, String> version) {
        var before = seen;
        if (before != null && !before.until.passed()) {
            return before.probe;
        }
        Probe now;
        try {
            now =
                    new Probe.Installed(
                            "unix://" + path,
                            version.apply(Deadline.in(PING)),
                            "attached: somebody else runs this VMM",
                            List.of());
        } catch (DriverException e) {
            now =
                    new Probe.Missing(
                            "the VMM at unix://"
                                    + path
                                    + " does not answer: "
                                    + e.getMessage()
                                    + " (cure: start it there; vmcp starts none in attached mode)");
        }
        seen = new Seen(now, Deadline.in(FRESH));
        return now;
    }
}
