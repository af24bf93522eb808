package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec.Disk;
import dev.vmcp.host.vmm.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Disks as QEMU's arguments: each its descriptors, its nodes and a device.
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

    /// All disks, the root disk first.
    List<String> of(List<Disk> disks) throws IOException {
        var ordered = disks.stream().sorted(Comparator.comparing(disk -> !disk.root())).toList();
        for (var disk : ordered) {
            add(disk);
        }
        return arguments;
    }

    private void add(Disk disk) throws IOException {
        var path = Path.of(disk.path());
        var files = new ArrayList<DiskNodes.InSet>();
        var block = Files.exists(path) && !Files.isRegularFile(path);
        var qcow2 = disk.options().getOrDefault("format", "").equals("qcow2");
        files.add(new DiskNodes.InSet(set(path, !disk.readOnly()), qcow2, block));
        for (var layer : handover.behind(disk)) {
            var set = set(layer.path(), false);
            files.add(new DiskNodes.InSet(set, layer.qcow2(), layer.block()));
        }
        for (var node : new DiskNodes(disk, "disk" + count).of(files)) {
            arguments.add("-blockdev");
            arguments.add(Json.write(node));
        }
        device(disk, disk.options().getOrDefault("cache", ""));
        count++;
    }

    /// The number of the set of descriptors that QEMU will find the file in.
    private int set(Path path, boolean writable) {
        var descriptor = handover.disk(path, writable);
        arguments.add("-add-fd");
        arguments.add("fd=" + descriptor + ",set=" + descriptor);
        return descriptor;
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
                        + ",drive="
                        + DiskNodes.top("disk" + count)
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
