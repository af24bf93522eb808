package dev.vmcp.host.driver;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import java.nio.file.Path;

/// One start of a VMM and the fresh directory that is its own.
///
/// @param directory absolute, real (no symlinks), ends with the launch id
/// @param uid the user and group that the VMM runs as; 0 = as ourselves
public record Launch(LaunchId id, VmId vm, Path directory, int uid) {

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
