package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.Deadline;

/// Gives a device of a guest that runs another host side or other limits, under the id that it has.
///
/// Every call throws [DriverException] when the VMM refuses, is gone, or does not answer by the
/// deadline.
public interface Replacing {

    void replace(VmSpec.Disk disk, Deadline deadline);

    void replace(VmSpec.Nic nic, Deadline deadline);
}
