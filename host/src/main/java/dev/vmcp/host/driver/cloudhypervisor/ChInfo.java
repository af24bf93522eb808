package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.vmm.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `vm.info` answers. Members that are missing or of another type count as absent.
record ChInfo(Map<String, Object> answer) {

    /// It says `Created` of a guest that is off as well: with a configuration and no VM.
    GuestState state() {
        return switch (String.valueOf(answer.get("state"))) {
            case "Running" -> GuestState.RUNNING;
            case "Paused" -> GuestState.PAUSED;
            case "Created", "Shutdown" -> GuestState.POWERED_OFF;
            case String other ->
                    throw new DriverException(
                            Kind.GONE, "the VMM says that its guest is \"" + other + "\"");
        };
    }

    /// Whether virtual CPUs are there, be they halted.
    boolean booted() {
        return state() != GuestState.POWERED_OFF;
    }

    /// The terminal of the serial port, where the VMM made one.
    Optional<Path> terminal() {
        var serial = Json.object(config().get("serial"));
        return "Pty".equals(serial.get("mode")) && serial.get("file") instanceof String file
                ? Optional.of(Path.of(file))
                : Optional.empty();
    }

    /// What stands in the guest's SMBIOS table of strings.
    List<String> oemStrings() {
        return Json.object(config().get("platform")).get("oem_strings") instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    Map<String, Object> config() {
        return Json.object(answer.get("config"));
    }

    long number(String section, String name) {
        return Json.number(Json.object(config().get(section)), name);
    }

    /// Whether a device of this id is configured. It no longer is once it is being removed.
    boolean configured(String section, String id) {
        var devices = config().get(section);
        return devices != null
                && Json.objects(devices).stream().anyMatch(one -> id.equals(one.get("id")));
    }

    /// Whether the guest still has a device of this id.
    boolean plugged(String id) {
        return Json.object(answer.get("device_tree")).containsKey(id);
    }
}
