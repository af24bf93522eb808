package dev.vmcp.host.driver;

import java.util.Collection;

/// What a driver needs of the host's TAP devices.
public interface TapAccess {

    /// A descriptor of the TAP of this name, for a VMM to inherit; the caller closes it.
    ///
    /// @throws dev.vmcp.host.process.ProcessException when there is none, or it is in use
    int open(String name);

    /// What has passed through these TAPs together, as their guests see it. Names of devices that
    /// are gone count nothing.
    Counters.Network traffic(Collection<String> names);
}
