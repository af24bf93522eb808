package dev.vmcp.host.driver;

import dev.vmcp.host.process.Deadline;

/// A launch that is ready to start.
public interface Prepared {

    /// Starts the VMM and the guest, and returns once the virtual CPUs run. When it throws,
    /// whatever process it started is ended and reaped.
    ///
    /// @throws DriverException refused by the VMM, gone, or not there by the deadline
    Live boot(Reaction reaction, Deadline deadline);
}
