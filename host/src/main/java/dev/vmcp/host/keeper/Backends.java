package dev.vmcp.host.keeper;

import dev.vmcp.core.backend.BackendChoice;
import dev.vmcp.core.backend.BackendFacts;
import dev.vmcp.core.backend.BackendFacts.Accelerator;
import dev.vmcp.core.backend.BackendFacts.Presence;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Probe;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The hypervisors of this host, and which one a VM gets. Safe for use by many threads.
public final class Backends {

    /// Every backend that a configuration or a request may name.
    public static final List<String> NAMES =
            List.of("cloudhypervisor", "firecracker", "qemu", "mvisor");

    private static final String NO_DRIVER = "this version of vmcp has no driver for it";

    public record Described(String name, Probe probe) {}

    /// @param usual what a create without a backend gets; empty where nothing is to be had
    /// @param reason why it, or why nothing
    public record Description(List<Described> backends, String usual, String reason) {
        public Description {
            backends = List.copyOf(backends);
        }
    }

    private final Map<String, Driver> drivers;
    private final String configured;

    /// @param configured a backend's name or `auto`
    public Backends(Map<String, Driver> drivers, String configured) {
        this.drivers = Map.copyOf(drivers);
        this.configured = configured;
    }

    public Map<String, Driver> drivers() {
        return drivers;
    }

    Optional<Driver> driver(String name) {
        return Optional.ofNullable(drivers.get(name));
    }

    /// Chooses for a spec; `requested` is empty where the caller has no wish.
    Outcome<BackendChoice> choose(VmSpec spec, String requested) {
        var facts = NAMES.stream().map(name -> facts(name, spec)).toList();
        return BackendChoice.of(new BackendChoice.Wish(requested, configured), facts);
    }

    private BackendFacts facts(String name, VmSpec spec) {
        var driver = drivers.get(name);
        if (driver == null) {
            return new BackendFacts(name, new Presence.Missing(NO_DRIVER), List.of());
        }
        return new BackendFacts(name, presence(driver.probe()), lacking(driver, spec));
    }

    private static List<Violation> lacking(Driver driver, VmSpec spec) {
        return driver.probe() instanceof Probe.Installed
                ? driver.check(spec).unsupported()
                : List.of();
    }

    private static Presence presence(Probe probe) {
        return switch (probe) {
            case Probe.Missing(var why) -> new Presence.Missing(why);
            case Probe.Installed installed ->
                    new Presence.Installed(
                            installed.version(),
                            installed.accelerator().startsWith("tcg")
                                    ? Accelerator.TCG
                                    : Accelerator.KVM);
        };
    }

    /// Each backend as it is now.
    public Description describe() {
        var described = NAMES.stream().map(name -> new Described(name, probe(name))).toList();
        var nothing = NAMES.stream().map(this::factsOfNothing).toList();
        var usual = BackendChoice.of(new BackendChoice.Wish("", configured), nothing);
        return switch (usual) {
            case Outcome.Done<BackendChoice>(var choice) ->
                    new Description(described, choice.backend(), choice.reason());
            case Outcome.Refused<BackendChoice>(var problem) ->
                    new Description(described, "", problem.message());
        };
    }

    private BackendFacts factsOfNothing(String name) {
        return new BackendFacts(name, presence(probe(name)), List.of());
    }

    private Probe probe(String name) {
        var driver = drivers.get(name);
        return driver == null ? new Probe.Missing(NO_DRIVER) : driver.probe();
    }
}
