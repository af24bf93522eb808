package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.Deadline;

/// Changes what is plugged into a guest that runs. Each call may be repeated: a device of this id
/// that is there already, or gone already, is what was wanted.
///
/// Every call throws [DriverException] when the VMM refuses, is gone, or the change is not there by
/// the deadline.
public interface Hotplug {

    void attach(VmSpec.Disk disk, Deadline deadline);

    /// Returns when the guest has let go of the disk and the VMM has closed it.
    void detachDisk(String id, Deadline deadline);

    void attach(VmSpec.Nic nic, Deadline deadline);

    /// As [#detachDisk].
    void detachNic(String id, Deadline deadline);
}
