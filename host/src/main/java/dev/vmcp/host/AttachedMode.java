package dev.vmcp.host;

import dev.vmcp.host.config.BackendConfig;
import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.driver.cloudhypervisor.AttachedCloudHypervisor;
import dev.vmcp.host.driver.firecracker.AttachedFirecracker;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.vmm.AttachableDriver;
import dev.vmcp.host.vmm.AttachedSocket;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether new VMs of a backend go to a VMM that somebody else started: where its endpoint was set,
/// or where a drop-in name finds one that answers on the documented socket when it starts.
record AttachedMode(boolean on, String reason) {

    private static final Logger LOG = LoggerFactory.getLogger(AttachedMode.class);

    /// The driver of Cloud Hypervisor both ways.
    static Driver cloudHypervisor(HostConfig config, Driver managed, Processes processes) {
        return over(
                config,
                config.backend().cloudHypervisor(),
                managed,
                AttachedCloudHypervisor::new,
                processes);
    }

    /// The driver of Firecracker both ways.
    static Driver firecracker(
            HostConfig config, Driver managed, Processes processes, TapAccess taps) {
        return over(
                config,
                config.backend().firecracker(),
                managed,
                (socket, on) -> new AttachedFirecracker(socket, taps, on),
                processes);
    }

    private interface Make {
        AttachableDriver.Attached of(AttachedSocket socket, boolean on);
    }

    private static Driver over(
            HostConfig config,
            BackendConfig.Endpoint endpoint,
            Driver managed,
            Make make,
            Processes processes) {
        var socket = new AttachedSocket(endpoint.socket(), processes);
        var mode = decide(config, endpoint, managed.name(), _ -> answers(make.of(socket, true)));
        LOG.atInfo()
                .addKeyValue("event", "backend.mode")
                .addKeyValue("backend", managed.name())
                .addKeyValue("mode", mode.on() ? "attached" : "managed")
                .addKeyValue("reason", mode.reason())
                .log("way to a backend chosen");
        return new AttachableDriver(managed, make.of(socket, mode.on()));
    }

    private static boolean answers(AttachableDriver.Attached attached) {
        return attached.probe() instanceof Probe.Installed;
    }

    /// @param ping whether a VMM answers on the socket now
    static AttachedMode decide(
            HostConfig config,
            BackendConfig.Endpoint endpoint,
            String backend,
            Predicate<BackendConfig.Endpoint> ping) {
        var at = "unix://" + endpoint.socket();
        if (endpoint.chosen()) {
            return new AttachedMode(true, "its endpoint is set to " + at);
        }
        if (!config.program().isDropIn()) {
            return new AttachedMode(false, "no endpoint is set");
        }
        if (!config.backend().choice().name().equalsIgnoreCase(backend)) {
            return new AttachedMode(false, "it is not the configured backend");
        }
        return ping.test(endpoint)
                ? new AttachedMode(true, "a VMM answers at the documented " + at)
                : new AttachedMode(false, "no VMM answers at the documented " + at);
    }
}
