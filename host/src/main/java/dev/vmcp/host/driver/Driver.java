package dev.vmcp.host.driver;

import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.SerialPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// One hypervisor. Stateless but for what it knows of the installed program; safe for use by many
/// threads.
///
/// A driver does one thing at a time as it is told and never acts on its own: no retries, no
/// restarts, no journal. That is the keeper's work.
public interface Driver {

    /// The name in configuration and on the wire: `qemu`, `firecracker` …
    String name();

    /// What is installed, looked at again at each call at the cost of a stat.
    Probe probe();

    /// What of `spec` this backend, in its installed version, cannot do. Touches nothing.
    SpecFindings check(VmSpec spec);

    /// Gets everything ready for a boot inside `launch.directory()`, which exists and is empty, but
    /// starts nothing.
    ///
    /// @throws DriverException when something on the host forbids it; what was made is in the
    ///   directory
    Prepared prepare(VmSpec spec, Launch launch);

    /// Where the console of a prepared launch is, as far as it shows without asking the VMM. Empty
    /// where only the VMM knows, which then tells by [Reaction#serialAt].
    Optional<SerialPort> serial(Launch launch);

    /// The socket that serves the guest's screen by VNC while a launch runs; empty where there is
    /// none.
    default Optional<Path> screen(VmSpec spec, Launch launch) {
        return Optional.empty();
    }

    /// The files that the VMM of a launch logs to, by name or as its standard output, which others
    /// keep small: their heads may turn to zeros.
    default List<Path> logs(Launch launch) {
        return List.of(launch.log());
    }

    /// What it means that the process of this launch ended so. Reads what the VMM left in the
    /// launch's directory.
    Ended ended(Launch launch, Exit exit);

    /// How the VMM is reached that somebody else started, where this backend can be used so.
    default Optional<Attachment> attachment() {
        return Optional.empty();
    }

    /// How guests are started from a snapshot, where this backend can.
    default Optional<Restoring> restoring() {
        return Optional.empty();
    }

    /// Takes up a VMM that an earlier life of ours booted under `launch`. Changes nothing about it.
    ///
    /// @throws DriverException when the VMM does not answer by the deadline
    Live adopt(VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline);
}
