package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec.Disk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Disks as QEMU's arguments: each a descriptor, a file node, a format node and a device.
///
/// The format is never guessed: a guest can write a qcow2 header that names a file of the host into
/// its raw disk.
final class DiskArguments {

    private final Machine machine;
    private final Transports transports;
    private final Handover handover;
    private final List<String> arguments = new ArrayList<>();
    private int count;
    private int ide;
    private boolean scsi;

    DiskArguments(Machine machine, Transports transports, Handover handover) {
        this.machine = machine;
        this.transports = transports;
        this.handover = handover;
    }

    static boolean isQcow2(Disk disk) {
        return disk.options().getOrDefault("format", "").equals("qcow2");
    }

    /// All disks, the root disk first.
    List<String> of(List<Disk> disks) {
        disks.stream().filter(Disk::root).forEach(this::add);
        disks.stream().filter(disk -> !disk.root()).forEach(this::add);
        return arguments;
    }

    private void add(Disk disk) {
        var path = Path.of(disk.path());
        var descriptor = handover.disk(path, !disk.readOnly());
        var cache = disk.options().getOrDefault("cache", "writeback");
        var block = Files.exists(path) && !Files.isRegularFile(path);
        arguments.add("-add-fd");
        arguments.add("fd=" + descriptor + ",set=" + descriptor);
        arguments.add("-blockdev");
        arguments.add(
                "{\"driver\":\""
                        + (block ? "host_device" : "file")
                        + "\",\"node-name\":\"file"
                        + count
                        + "\",\"filename\":\"/dev/fdset/"
                        + descriptor
                        + "\",\"discard\":\"unmap\""
                        + limits(disk, cache)
                        + "}");
        arguments.add("-blockdev");
        arguments.add(
                "{\"driver\":\""
                        + (isQcow2(disk) ? "qcow2\",\"backing\":null" : "raw\"")
                        + ",\"node-name\":\"disk"
                        + count
                        + "\",\"file\":\"file"
                        + count
                        + "\""
                        + limits(disk, cache)
                        + "}");
        device(disk, cache);
        count++;
    }

    private static String limits(Disk disk, String cache) {
        return ",\"read-only\":"
                + disk.readOnly()
                + ",\"cache\":{\"direct\":"
                + cache.equals("none")
                + ",\"no-flush\":"
                + cache.equals("unsafe")
                + "}";
    }

    private void device(Disk disk, String cache) {
        var device =
                switch (disk.interfaceType()) {
                    case "scsi" -> scsi();
                    case "ide" -> "ide-hd,bus=ide." + ide++;
                    case "nvme" -> "nvme";
                    default ->
                            machine == Machine.MICROVM
                                    ? "virtio-blk-device," + transports.next()
                                    : "virtio-blk-pci";
                };
        var serial = disk.options().getOrDefault("serial", "");
        if (serial.isEmpty() && disk.interfaceType().equals("nvme")) {
            serial = "disk" + count;
        }
        arguments.add("-device");
        arguments.add(
                device
                        + ",drive=disk"
                        + count
                        + (serial.isEmpty() ? "" : ",serial=" + serial)
                        + (cache.equals("writethrough") ? ",write-cache=off" : "")
                        + (disk.id().isEmpty()
                                ? ""
                                : ",id=" + QemuHotplug.COLD + "disk-" + disk.id()));
    }

    private String scsi() {
        if (!scsi) {
            scsi = true;
            arguments.add("-device");
            arguments.add("virtio-scsi-pci,id=scsi0");
        }
        return "scsi-hd,bus=scsi0.0";
    }
}
