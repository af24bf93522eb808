package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.vmm.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The PCIe root ports that a q35 has to spare, one for each device that is plugged in while the
/// guest runs. A microvm has none.
final class Ports {

    /// How many devices can be plugged in; a port costs firmware and guest some time at boot.
    static final int COUNT = 8;

    private static final String PERIPHERAL = "/machine/peripheral";

    private Ports() {}

    static List<String> arguments() {
        var arguments = new ArrayList<String>();
        for (int i = 0; i < COUNT; i++) {
            arguments.add("-device");
            arguments.add(
                    "pcie-root-port,id=port" + i + ",chassis=" + (i + 1) + ",slot=" + (i + 1));
        }
        return arguments;
    }

    /// The ids of all devices that have one.
    static Set<String> devices(QmpConnection monitor, Deadline deadline) {
        var answer = monitor.call("qom-list", Map.of("path", PERIPHERAL), deadline);
        return Json.objects(answer).stream()
                .map(one -> String.valueOf(one.get("name")))
                .collect(Collectors.toSet());
    }

    /// A port that is free.
    ///
    /// @throws DriverException NOT_NOW when there is none
    static String free(QmpConnection monitor, Deadline deadline) {
        var devices = devices(monitor, deadline);
        if (!devices.contains("port0")) {
            throw new DriverException(
                    Kind.NOT_NOW,
                    "its machine type takes no devices while it runs; boot_options[machine]=q35"
                            + " does");
        }
        var taken = new HashSet<String>();
        for (var device : devices) {
            if (device.startsWith(QemuHotplug.PREFIX)) {
                var path = Map.of("path", PERIPHERAL + "/" + device, "property", "parent_bus");
                taken.add(String.valueOf(monitor.call("qom-get", path, deadline)));
            }
        }
        for (int i = 0; i < COUNT; i++) {
            var port = "port" + i;
            if (!taken.contains(PERIPHERAL + "/" + port + "/" + port)) {
                return port;
            }
        }
        throw new DriverException(
                Kind.NOT_NOW, COUNT + " devices were plugged in already, which is all it takes");
    }
}
