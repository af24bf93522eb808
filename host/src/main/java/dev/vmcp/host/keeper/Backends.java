package dev.vmcp.host.keeper;

import dev.vmcp.core.backend.BackendChoice;
import dev.vmcp.core.backend.BackendChoice.Wish;
import dev.vmcp.core.backend.BackendFacts;
import dev.vmcp.core.backend.BackendFacts.Accelerator;
import dev.vmcp.core.backend.BackendFacts.Presence;
import dev.vmcp.core.backend.HostKvm;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.ProvenTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The hypervisors of this host, and which one a VM gets. Safe for use by many threads.
public final class Backends {

    /// Every backend that a configuration or a request may name.
    public static final List<String> NAMES =
            List.of("cloudhypervisor", "firecracker", "qemu", "mvisor");

    private static final String LIMITED = "limited kvm";

    private static final String NO_DRIVER = "this version of vmcp has no driver for it";

    public record Described(String name, Probe probe) {}

    /// @param usual what a create without a backend gets; empty where nothing is to be had
    /// @param reason why it, or why nothing
    public record Description(List<Described> backends, String usual, String reason) {
        public Description {
            backends = List.copyOf(backends);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    private final Map<String, Driver> drivers;
    private final String configured;
    private final Supplier<HostKvm> kvm;

    /// @param configured a backend's name or `auto`
    /// @param kvm what drivers stand on that need KVM
    public Backends(Map<String, Driver> drivers, String configured, Supplier<HostKvm> kvm) {
        this.drivers = Map.copyOf(drivers);
        this.configured = configured;
        this.kvm = kvm;
    }

    public Map<String, Driver> drivers() {
        return drivers;
    }

    Optional<Driver> driver(String name) {
        return Optional.ofNullable(drivers.get(name));
    }

    /// The wish of a caller, empty where there is none, beside that of the operator.
    Wish wish(String requested) {
        return new Wish(requested, configured);
    }

    /// What is known of each; `against` is asked only of those that are there.
    List<BackendFacts> facts(Function<String, SpecFindings> against) {
        return NAMES.stream().map(name -> facts(name, against)).toList();
    }

    /// What of them [BackendChoice#of] asks about for a wish that leaves no choice: looking at the
    /// programs of all others takes longer than the rest of a create.
    List<BackendFacts> facts(Wish wish) {
        return NAMES.contains(wish.name())
                ? List.of(facts(wish.name(), _ -> SpecFindings.NONE))
                : facts(_ -> SpecFindings.NONE);
    }

    private BackendFacts facts(String name, Function<String, SpecFindings> against) {
        var presence = presence(probe(name));
        return new BackendFacts(
                name,
                presence,
                presence instanceof Presence.Installed ? against.apply(name) : SpecFindings.NONE);
    }

    private static Presence presence(Probe probe) {
        return switch (probe) {
            case Probe.Missing(var why) -> new Presence.Missing(why);
            case Probe.Installed installed ->
                    new Presence.Installed(
                            installed.version(), accelerator(installed.accelerator()));
        };
    }

    private static Accelerator accelerator(String told) {
        return switch (told.split(":", 2)[0]) {
            case "tcg" -> Accelerator.TCG;
            case LIMITED -> Accelerator.LIMITED_KVM;
            case "attached" -> Accelerator.ATTACHED;
            default -> Accelerator.KVM;
        };
    }

    /// Each backend as it is now.
    public Description describe() {
        var described =
                NAMES.stream().map(name -> new Described(name, judged(name, probe(name)))).toList();
        var usual = BackendChoice.of(wish(""), facts(_ -> SpecFindings.NONE));
        return switch (usual) {
            case Outcome.Done<BackendChoice>(var choice) ->
                    new Description(described, choice.backend(), choice.reason());
            case Outcome.Refused<BackendChoice>(var problem) ->
                    new Description(described, "", problem.message());
        };
    }

    /// Reads what is installed, as a start does: tells the log of each, and of a version that the
    /// conformance kit was not run on, which is used all the same.
    public void readVersions() {
        for (var name : NAMES) {
            switch (probe(name)) {
                case Probe.Missing(var why) ->
                        LOG.atInfo()
                                .addKeyValue("event", "backend.missing")
                                .addKeyValue("backend", name)
                                .addKeyValue("reason", why)
                                .log("backend missing");
                case Probe.Installed installed -> tell(name, installed.version());
            }
        }
    }

    private static void tell(String name, String version) {
        var proven = Shown.TABLE.versions(name);
        boolean covered = Shown.TABLE.covers(name, version);
        var line = covered ? LOG.atInfo() : LOG.atWarn();
        line.addKeyValue("event", covered ? "backend.found" : "backend.unproven")
                .addKeyValue("backend", name)
                .addKeyValue("version", version)
                .addKeyValue("proven", String.join(", ", proven))
                .log(covered ? "backend found" : "the conformance kit was not run on this version");
    }

    /// What the driver claims, no further than the conformance kit has shown it.
    private static Probe judged(String name, Probe probe) {
        return switch (probe) {
            case Probe.Missing missing -> missing;
            case Probe.Installed(var path, var version, var accelerator, var claims) ->
                    new Probe.Installed(
                            path,
                            version,
                            accelerator,
                            claims.stream()
                                    .map(claim -> Shown.TABLE.judge(name, version, claim))
                                    .toList());
        };
    }

    /// Read when somebody asks.
    private static final class Shown {
        private static final ProvenTable TABLE = ProvenTable.shipped();
    }

    private Probe probe(String name) {
        var driver = drivers.get(name);
        if (driver == null) {
            return new Probe.Missing(NO_DRIVER);
        }
        var probe = driver.probe();
        return probe instanceof Probe.Installed installed && installed.accelerator().isEmpty()
                ? onKvm(installed)
                : probe;
    }

    /// A driver that names no accelerator has no choice: without KVM its program is of no use.
    private Probe onKvm(Probe.Installed installed) {
        return switch (kvm.get()) {
            case HostKvm.Absent(var why) ->
                    new Probe.Missing(installed.path() + " is there, but it needs KVM: " + why);
            case HostKvm.Full _ ->
                    accelerated(installed, "kvm: /dev/kvm opens and the CPU has vmx or svm");
            case HostKvm.Limited _ ->
                    accelerated(
                            installed,
                            LIMITED
                                    + ": /dev/kvm opens but the CPU shows neither vmx nor svm, so"
                                    + " it runs only guests made for it");
        };
    }

    private static Probe accelerated(Probe.Installed installed, String accelerator) {
        return new Probe.Installed(
                installed.path(), installed.version(), accelerator, installed.capabilities());
    }
}
