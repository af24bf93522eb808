package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Hotplug;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.vmm.BackingChain;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.Json;
import dev.vmcp.host.vmm.MacAddress;
import dev.vmcp.host.vmm.UsersFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Devices that come and go while the guest runs, on the spare ports of a q35. Files and TAPs are
/// handed over open.
final class QemuHotplug implements Hotplug {

    /// Begins the id of a device that was plugged in; [#COLD] that of one that was there before.
    static final String PREFIX = "hot-";

    static final String COLD = "cold-";

    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    private final QemuLive.Guest guest;
    private final OsProcess process;
    private final QmpConnection monitor;
    private final TapAccess taps;
    private final List<String> wired;

    /// @param wired the TAPs whose traffic is counted, kept up to date
    QemuHotplug(
            QemuLive.Guest guest,
            OsProcess process,
            QmpConnection monitor,
            TapAccess taps,
            List<String> wired) {
        this.guest = guest;
        this.process = process;
        this.monitor = monitor;
        this.taps = taps;
        this.wired = wired;
    }

    @Override
    public void attach(VmSpec.Disk disk, Deadline deadline) {
        var id = PREFIX + "disk-" + disk.id();
        if (Ports.devices(monitor, deadline).contains(id)) {
            return;
        }
        if (!disk.interfaceType().isEmpty() && !disk.interfaceType().equals("virtio-blk")) {
            throw unfit("a disk that is plugged in", "virtio-blk", disk.interfaceType());
        }
        var port = Ports.free(monitor, deadline);
        var name = HotNames.of(disk.id());
        // What an attempt before this one may have left.
        forget(name, deadline);
        try {
            open(disk, name, deadline);
            monitor.call("device_add", blockDevice(disk, id, port, name), deadline);
        } catch (DriverException e) {
            forget(name, deadline);
            throw e;
        }
    }

    private static Map<String, Object> blockDevice(
            VmSpec.Disk disk, String id, String port, String name) {
        var device = new LinkedHashMap<String, Object>();
        device.put("driver", "virtio-blk-pci");
        device.put("id", id);
        device.put("bus", port);
        device.put("drive", DiskNodes.top(name));
        var serial = disk.options().getOrDefault("serial", "");
        if (!serial.isEmpty()) {
            device.put("serial", serial);
        }
        if (disk.options().getOrDefault("cache", "").equals("writethrough")) {
            device.put("write-cache", "off");
        }
        return device;
    }

    private void open(VmSpec.Disk disk, String name, Deadline deadline) {
        var sets = new ArrayList<DiskNodes.InSet>();
        try {
            pass(disk, sets, deadline);
            for (var node : new DiskNodes(disk, name).of(sets)) {
                monitor.call("blockdev-add", node, deadline);
            }
        } finally {
            for (var file : sets) {
                monitor.attempt("remove-fd", Map.of("fdset-id", file.set()), deadline);
            }
        }
    }

    /// Gives QEMU the file of the disk, and each that it stands on.
    private void pass(VmSpec.Disk disk, List<DiskNodes.InSet> sets, Deadline deadline) {
        var files = guest.files();
        var launch = guest.launch().id();
        try (var passing = PassingMonitor.open(process, deadline);
                var top = UsersFile.disk(files, launch, disk)) {
            var layers = BackingChain.of(files, launch, disk);
            var qcow2 = BackingChain.mayStandOnOthers(disk);
            var set = passed(passing, top.descriptor(), deadline);
            sets.add(new DiskNodes.InSet(set, qcow2, top.block()));
            for (var layer : layers) {
                try (var file =
                        new UsersFile(layer.path(), files.disk(launch, layer.path(), false))) {
                    set = passed(passing, file.descriptor(), deadline);
                    sets.add(new DiskNodes.InSet(set, layer.qcow2(), file.block()));
                }
            }
        } catch (ProcessException | IOException e) {
            throw HostFault.of(e);
        }
    }

    /// The number of the set that QEMU has the file in.
    private static long passed(PassingMonitor passing, int file, Deadline deadline) {
        return Json.number(passing.call("add-fd", Map.of(), List.of(file), deadline), "fdset-id");
    }

    /// Removes what stands behind a device that is not there, if anything: what is above first, as
    /// far as it goes now.
    private void forget(String name, Deadline deadline) {
        var more = true;
        for (var left = behind(name, deadline); more && !left.isEmpty(); ) {
            left.forEach(
                    node -> monitor.attempt("blockdev-del", Map.of("node-name", node), deadline));
            var then = behind(name, deadline);
            more = then.size() < left.size();
            left = then;
        }
    }

    private List<String> behind(String name, Deadline deadline) {
        var nodes = monitor.call("query-named-block-nodes", Map.of("flat", true), deadline);
        return Json.objects(nodes).stream()
                .map(node -> String.valueOf(node.get("node-name")))
                .filter(node -> DiskNodes.behind(name, node))
                .sorted()
                .toList();
    }

    @Override
    public void detachDisk(String id, Deadline deadline) {
        unplug(PREFIX + "disk-" + id, COLD + "disk-" + id, deadline);
        close(HotNames.of(id), deadline);
    }

    /// A device gives back what stands behind it only some moments after it is gone.
    private void close(String name, Deadline deadline) {
        forget(name, deadline);
        while (!behind(name, deadline).isEmpty()) {
            if (Thread.currentThread().isInterrupted() || deadline.passed()) {
                throw new DriverException(Kind.SILENT, "QEMU did not close the disk in time");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            forget(name, deadline);
        }
    }

    @Override
    public void attach(VmSpec.Nic nic, Deadline deadline) {
        var id = PREFIX + "nic-" + nic.id();
        if (Ports.devices(monitor, deadline).contains(id)) {
            return;
        }
        if (!nic.interfaceType().isEmpty() && !nic.interfaceType().equals("virtio-net")) {
            throw unfit("an interface that is plugged in", "virtio-net", nic.interfaceType());
        }
        var port = Ports.free(monitor, deadline);
        var name = "net-" + HotNames.of(nic.id());
        monitor.attempt("netdev_del", Map.of("id", name), deadline);
        int tap = opened(nic);
        try (var passing = PassingMonitor.open(process, deadline)) {
            passing.call("getfd", Map.of("fdname", name), List.of(tap), deadline);
            var netdev = Map.of("type", "tap", "id", name, "fd", name);
            passing.call("netdev_add", netdev, List.of(), deadline);
        } finally {
            Descriptors.close(tap);
        }
        var mac =
                nic.mac().isEmpty()
                        ? MacAddress.generated(guest.launch().vm(), nic.id())
                        : nic.mac();
        var device = new LinkedHashMap<String, Object>();
        device.put("driver", "virtio-net-pci");
        device.put("id", id);
        device.put("bus", port);
        device.put("netdev", name);
        device.put("mac", mac);
        device.put("romfile", "");
        try {
            monitor.call("device_add", device, deadline);
        } catch (DriverException e) {
            monitor.attempt("netdev_del", Map.of("id", name), deadline);
            throw e;
        }
        wired.add(nic.tap());
    }

    @Override
    public void detachNic(String id, Deadline deadline) {
        unplug(PREFIX + "nic-" + id, COLD + "nic-" + id, deadline);
        monitor.attempt("netdev_del", Map.of("id", "net-" + HotNames.of(id)), deadline);
    }

    /// Asks the guest to let go and waits until it has.
    private void unplug(String id, String cold, Deadline deadline) {
        var devices = Ports.devices(monitor, deadline);
        if (devices.contains(cold)) {
            throw new DriverException(
                    Kind.NOT_NOW,
                    "it was there when the VM started and stays until it is shut down");
        }
        if (devices.contains(id)) {
            Unplugging.unplug(monitor, id, deadline);
        }
    }

    private int opened(VmSpec.Nic nic) {
        try {
            return taps.open(nic.tap());
        } catch (ProcessException e) {
            throw HostFault.of(e);
        }
    }

    private static DriverException unfit(String what, String expected, String type) {
        return new DriverException(
                Kind.NOT_NOW,
                "%s while it runs is a %s, not %s; shut it down first"
                        .formatted(what, expected, type));
    }
}
