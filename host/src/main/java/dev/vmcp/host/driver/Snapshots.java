package dev.vmcp.host.driver;

import dev.vmcp.host.process.Deadline;
import java.nio.file.Path;

/// Saves the state of a guest that is paused: memory, virtual CPUs and devices, not the disks'
/// data.
public interface Snapshots {

    /// How much is saved.
    enum Extent {
        FULL,
        /// What changed since the last snapshot of this launch.
        DIFF
    }

    /// Writes into `directory`, which exists and is empty. The guest stays paused. What was written
    /// of a snapshot that fails is the caller's to remove.
    ///
    /// @throws DriverException when the VMM refuses, is gone, or is not done by the deadline
    void save(Path directory, Extent extent, Deadline deadline);
}
