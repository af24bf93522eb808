package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import java.nio.file.Path;

/// Starts VMMs from what [Snapshots] saved.
public interface Restoring {

    /// As [Driver#prepare], for a guest that goes on where it was saved instead of booting.
    ///
    /// @param snapshot a directory that [Snapshots#save] of the same backend filled; only read
    /// @throws DriverException as [Driver#prepare]
    Prepared prepare(VmSpec spec, Launch launch, Path snapshot);
}
