package dev.vmcp.host.driver.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.HostTaps;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.driver.TinyStage;
import dev.vmcp.host.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The real Firecracker with tiny guests that listen, jailed or not.
class FirecrackerStage extends TinyStage {

    private final boolean jailed;

    FirecrackerStage(Path directory, boolean jailed) throws IOException {
        super(directory, new Names("tiny, with comma.elf", "data,1"));
        this.jailed = jailed;
        environment.put(Programs.JAIL, jailed ? "always" : "never");
        if (!(driver().probe() instanceof Probe.Installed)) {
            close();
            assumeTrue(false, "no Firecracker here that starts " + variant());
        }
    }

    /// From here on, jails have control groups with limits.
    void limited() {
        environment.put(Programs.LIMITS, "true");
    }

    @Override
    protected Driver driver(Processes processes, Map<String, String> environment) {
        return new FirecrackerDriver(processes, environment, new HostTaps());
    }

    @Override
    public String variant() {
        return jailed ? "jailer" : "no jailer";
    }

    @Override
    public VmSpec spec() {
        return tracked(super.spec());
    }

    /// The same with memory of which Firecracker knows what changed.
    static VmSpec tracked(VmSpec spec) {
        var backing = Map.of(Configuration.TRACKING, "on");
        return Specs.with(spec, new VmSpec.Memory(spec.memory().bytes(), false, 0, backing));
    }

    @Override
    public Manner manner(Act act) {
        return ends(act);
    }

    /// How Firecracker shows what a guest does to itself.
    static Manner ends(Act act) {
        return switch (act) {
            case POWER_OFF -> Manner.HIDES;
            case RESTART, CRASH -> Manner.ENDS;
        };
    }

    @Override
    public Act obeysButtonBy() {
        return Act.RESTART;
    }

    @Override
    public boolean tellsLoss() {
        return false;
    }

    @Override
    public Map<CapabilityName, String> unshown() {
        return jailed
                ? Map.of()
                : Map.of(
                        CapabilityName.ISOLATION_USER,
                        "another user opens /dev/kvm only through a group or in a jail");
    }

    @Override
    public Optional<Path> controlSocket(Launch launch) {
        return Optional.of(Quarters.found(launch).resolve(Quarters.SOCKET));
    }

    @Override
    public List<String> elsewhere(Launch launch) throws IOException {
        var manifest = launch.directory().resolveSibling(launch.id().value() + ".traces");
        return Files.exists(manifest) ? List.of(manifest.toString()) : List.of();
    }

    /// A jail is the root of its own mounts, so the link says `/` either way.
    @Override
    public void assertFenced(Launch launch, Live live) {
        var root = Path.of("/proc", Long.toString(live.process().id().pid()), "root");
        assertThat(root.resolve(Quarters.SOCKET)).exists();
        assertThat(root.resolve("proc")).doesNotExist();
        assertThat(root.resolve(launch.directory().toString().substring(1))).doesNotExist();
    }
}
