package dev.vmcp.host.driver;

import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import java.util.Optional;

/// The one VMM of a backend that somebody else started. It is reached by its socket, has room for
/// one VM, and is never started, killed or signalled by us; nor is a guest touched there that did
/// not come from here.
///
/// Calls to the VMM throw [DriverException] when it refuses, is gone, or does not answer by the
/// deadline.
public interface Attachment {

    /// Whether VMs that start now go there.
    boolean inUse();

    /// Takes hold of the process behind the socket, or of the one that was behind it, as one that
    /// is not ours: its `kill` ends the guest where the VMM has a way to, and else throws
    /// [DriverException]. Empty when the process is gone.
    Optional<OsProcess> hold(VmId vm, ProcessId process);

    /// The process, where its VMM holds a guest of this VM that was started.
    Optional<ProcessId> running(VmId vm, Deadline deadline);

    /// Hands the VMM a VM that is to boot later. May be repeated for the same VM.
    void configure(VmId vm, VmSpec spec, Deadline deadline);

    /// Takes the VM out of the VMM, where the VMM has a way to. Does nothing where the VMM is gone
    /// or holds no VM of this id.
    void forget(VmId vm, Deadline deadline);

    /// Why a guest cannot be restarted there; empty where it can.
    Optional<String> cannotReboot();

    /// Why there is no console; empty where there is one.
    Optional<String> noConsole();
}
