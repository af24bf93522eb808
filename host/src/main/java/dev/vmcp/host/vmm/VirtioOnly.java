package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.VmSpec;

/// What a machine refuses that has no device but those of virtio.
public final class VirtioOnly {

    private VirtioOnly() {}

    /// Objects to disks and NICs of other kinds, and to more of both together than `mostDevices`.
    public static void check(VmSpec spec, int mostDevices, Objections objections) {
        disks(spec, objections);
        for (var i = 0; i < spec.nics().size(); i++) {
            var type = spec.nics().get(i).interfaceType();
            one(type, "virtio-net", "config.network[" + i + "]", objections);
        }
        var devices = spec.disks().size() + spec.nics().size();
        objections.requireSupported(
                devices <= mostDevices,
                "config.storage",
                devices + " devices with those of config.network",
                "at most " + mostDevices);
    }

    /// Objects to disks of other kinds.
    public static void disks(VmSpec spec, Objections objections) {
        for (var i = 0; i < spec.disks().size(); i++) {
            var type = spec.disks().get(i).interfaceType();
            one(type, "virtio-blk", "config.storage[" + i + "]", objections);
        }
    }

    /// Objects to a console of virtio: the serial port is what drivers read.
    public static void serialConsole(VmSpec spec, Objections objections) {
        var type = spec.console().type();
        objections.requireSupported(
                !type.equals("virtio-console"),
                "config.console.console_type",
                type,
                "serial, which is what vmcp wires");
    }

    private static void one(String type, String virtio, String at, Objections objections) {
        objections.requireSupported(
                type.isEmpty() || type.equals(virtio),
                at + ".interface_type",
                type,
                "empty or " + virtio);
    }
}
