package dev.vmcp.host.driver.firecracker;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.vmm.Json;
import dev.vmcp.host.vmm.RestClient;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// The calls of Firecracker's API that this driver makes.
///
/// Every call throws [DriverException] when the VMM refuses, is gone, or does not answer by the
/// deadline.
record FireApi(RestClient client) {

    /// What it says of itself and its guest.
    enum State {
        NOT_STARTED,
        RUNNING,
        PAUSED;

        GuestState guest() {
            return switch (this) {
                case NOT_STARTED -> GuestState.POWERED_OFF;
                case RUNNING -> GuestState.RUNNING;
                case PAUSED -> GuestState.PAUSED;
            };
        }
    }

    String version(Deadline deadline) {
        return String.valueOf(client.get("/version", deadline).get("firecracker_version"));
    }

    State state(Deadline deadline) {
        var said = client.get("/", deadline).get("state");
        return switch (String.valueOf(said)) {
            case "Running" -> State.RUNNING;
            case "Paused" -> State.PAUSED;
            case "Not started" -> State.NOT_STARTED;
            default ->
                    throw new DriverException(
                            DriverException.Kind.GONE, "the VMM says that it is " + said);
        };
    }

    /// Makes each request; those of an earlier configuration with the same ids are replaced.
    void configure(Configuration configuration, Deadline deadline) {
        for (var step : configuration.steps()) {
            var _ = client.put(step.path(), step.body(), deadline);
        }
    }

    /// The ids of the devices that it has.
    Set<String> devices(Deadline deadline) {
        var config = client.get("/vm/config", deadline);
        var ids = new HashSet<String>();
        for (var list : Map.of("drives", "drive_id", "network-interfaces", "iface_id").entrySet()) {
            Json.objects(config.get(list.getKey()))
                    .forEach(device -> ids.add(String.valueOf(device.get(list.getValue()))));
        }
        return ids;
    }

    /// `InstanceStart` or `SendCtrlAltDel`.
    void act(String type, Deadline deadline) {
        var _ = client.put("/actions", Map.of("action_type", type), deadline);
    }

    void pause(Deadline deadline) {
        var _ = client.patch("/vm", Map.of("state", "Paused"), deadline);
    }

    void resume(Deadline deadline) {
        var _ = client.patch("/vm", Map.of("state", "Resumed"), deadline);
    }
}
