package dev.vmcp.host.driver;

import dev.vmcp.host.process.Deadline;

/// Changes how much a guest that runs has.
public interface Resizing {

    /// Brings the guest to that many virtual CPUs; it may take its time to use them.
    ///
    /// @throws DriverException when the VMM refuses, is gone, or does not answer by the deadline
    void resizeCpus(int count, Deadline deadline);

    /// Brings the guest to that many bytes.
    ///
    /// @throws DriverException as [#resizeCpus]
    void resizeMemory(long bytes, Deadline deadline);
}
