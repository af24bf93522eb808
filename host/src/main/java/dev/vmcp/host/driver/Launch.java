package dev.vmcp.host.driver;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import java.nio.file.Path;

/// One start of a VMM and the fresh directory that is its own.
///
/// @param directory absolute, real (no symlinks), ends with the launch id
/// @param uid the user and group that the VMM runs as; 0 = as ourselves
/// @param jailUid likewise for a VMM that runs in a jail, which is never 0
public record Launch(LaunchId id, VmId vm, Path directory, int uid, int jailUid) {

    /// The first of the users that jailed VMMs run as where all others run as ourselves: the usual
    /// first of the users of VMMs.
    public static final int FIRST_JAIL_USER = 0x70000000;

    public Launch(LaunchId id, VmId vm, Path directory, int uid) {
        this(id, vm, directory, uid, uid == 0 ? FIRST_JAIL_USER : uid);
    }

    /// The FIFO that the guest's serial input is read from by the VMM.
    public Path serialIn() {
        return directory.resolve("serial.in");
    }

    /// The FIFO that the guest's serial output arrives on.
    public Path serialOut() {
        return directory.resolve("serial.out");
    }

    /// What the VMM says on standard output and error.
    public Path log() {
        return directory.resolve("vmm.log");
    }
}
