package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.vmm.Json;
import java.util.Map;

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
