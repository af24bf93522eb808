package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.Probe.Capability;
import java.util.List;
import java.util.stream.Stream;

/// What this driver does with QEMU, as the conformance kit shows.
final class QemuCapabilities {

    static final List<Capability> ALL =
            Stream.concat(
                            Stream.of(
                                            "boot",
                                            "pause",
                                            "resume",
                                            "shutdown.graceful",
                                            "reboot.graceful",
                                            "reboot.forced",
                                            "start-again",
                                            "adopt",
                                            "metrics",
                                            "console.serial",
                                            "disk.raw",
                                            "disk.qcow2",
                                            "net.tap")
                                    .map(name -> new Capability(name, "supported", "")),
                            Stream.of(
                                            "hotplug",
                                            "resize",
                                            "snapshot",
                                            "migrate",
                                            "vnc",
                                            "console.virtio",
                                            "boot.firmware")
                                    .map(name ->
                                            new Capability(
                                                    name,
                                                    "unsupported",
                                                    "QEMU has it, this driver does not")))
                    .toList();

    private QemuCapabilities() {}
}
