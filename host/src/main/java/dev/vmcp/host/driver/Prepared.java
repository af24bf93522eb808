package dev.vmcp.host.driver;

import dev.vmcp.host.process.Deadline;

/// A launch that is ready to start, once.
public interface Prepared {

    /// Starts the VMM and the guest, and returns once the virtual CPUs run. When it throws,
    /// whatever process it started is ended and reaped.
    ///
    /// @throws DriverException refused by the VMM, gone, not there by the deadline, or started
    ///   before
    Live boot(Reaction reaction, Deadline deadline);
}
