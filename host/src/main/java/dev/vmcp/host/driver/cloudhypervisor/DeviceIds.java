package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmSpec;

/// How our devices are called in the VMM, where disks and NICs share one space of names and some
/// names are its own.
final class DeviceIds {

    private static final String DISK = "disk-";
    private static final String NIC = "nic-";

    private DeviceIds() {}

    static String of(VmSpec.Disk disk) {
        return ofDisk(disk.id());
    }

    static String of(VmSpec.Nic nic) {
        return ofNic(nic.id());
    }

    static String ofDisk(String id) {
        return DISK + id;
    }

    static String ofNic(String id) {
        return NIC + id;
    }
}
