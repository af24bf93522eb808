package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import java.nio.file.Path;
import java.util.List;

/// Starts VMMs from what [Snapshots] saved.
public interface Restoring {

    /// As [Driver#prepare], for a guest that goes on where it was saved instead of booting.
    ///
    /// @param snapshots directories that [Snapshots#save] of the same backend filled, only read:
    ///   the one to go on from, then, as that is a diff, the one it stands on, and so on to a whole
    ///   one
    /// @throws DriverException as [Driver#prepare]
    Prepared prepare(VmSpec spec, Launch launch, List<Path> snapshots);
}
