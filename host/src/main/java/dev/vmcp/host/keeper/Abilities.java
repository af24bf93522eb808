package dev.vmcp.host.keeper;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Probe;
import java.util.stream.Collectors;

/// Asks what a backend can do, before anything of a VM is touched.
final class Abilities {

    private Abilities() {}

    static boolean has(Driver driver, CapabilityName ability) {
        return usable(of(driver, ability));
    }

    /// @param field what a caller asked for that needs it
    /// @throws Halted when the backend, as it is installed, cannot; says which one could
    static void require(Ground ground, String backend, CapabilityName ability, String field) {
        var found = of(ground.driver(backend), ability);
        if (!usable(found)) {
            throw lacking(ground, backend, field, found.reason() + "; " + others(ground, ability));
        }
    }

    static Halted lacking(Ground ground, String backend, String field, String why) {
        var driver = ground.driver(backend);
        return new Halted(new Problem.Unsupported(field, backend + version(driver), why));
    }

    private static String others(Ground ground, CapabilityName ability) {
        var able =
                ground.drivers().values().stream()
                        .filter(driver -> has(driver, ability))
                        .map(driver -> driver.name() + version(driver))
                        .sorted()
                        .collect(Collectors.joining(", "));
        return able.isEmpty()
                ? "no backend that is installed here could"
                : "of the backends installed here these could: " + able;
    }

    private static String version(Driver driver) {
        return driver.probe() instanceof Probe.Installed installed ? " " + installed.version() : "";
    }

    private static Capability of(Driver driver, CapabilityName ability) {
        return switch (driver.probe()) {
            case Probe.Installed installed -> installed.capability(ability);
            case Probe.Missing(var why) -> Capability.unsupported(ability, why);
        };
    }

    private static boolean usable(Capability capability) {
        return capability.status() != Capability.Status.UNSUPPORTED;
    }
}
