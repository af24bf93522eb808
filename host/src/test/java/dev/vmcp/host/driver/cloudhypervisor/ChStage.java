package dev.vmcp.host.driver.cloudhypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
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
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.vmm.Kvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// The real Cloud Hypervisor with tiny guests that listen.
class ChStage extends TinyStage {

    /// Less does not hold what Cloud Hypervisor lays into a guest's memory.
    static final long ENOUGH = 64 << 20;

    ChStage(Path directory) throws IOException {
        super(directory, new Names("tiny, with comma.elf", "data,1"));
        if (driver().probe() instanceof Probe.Missing(var why)) {
            close();
            assumeTrue(false, why);
        }
        if (!Files.isWritable(Kvm.DEVICE)) {
            close();
            assumeTrue(false, Kvm.DEVICE + " may not be opened");
        }
    }

    @Override
    protected Driver driver(Processes processes, Map<String, String> environment) {
        return new CloudHypervisorDriver(processes, loop(), environment, new HostTaps());
    }

    @Override
    public VmSpec spec() {
        return Specs.plain(kernel().toString(), "vmcp.listen", ENOUGH);
    }

    /// A triple fault ends it, with the status of success.
    @Override
    public Manner manner(Act act) {
        return act == Act.CRASH ? Manner.ENDS : Manner.TELLS;
    }

    /// Its calls are connections of their own.
    @Override
    public boolean tellsLoss() {
        return false;
    }

    @Override
    public Map<CapabilityName, String> unshown() {
        var unshown = new EnumMap<CapabilityName, String>(CapabilityName.class);
        if (!Kvm.hardware()) {
            var why = "this KVM has no nested state, which Cloud Hypervisor saves";
            unshown.put(CapabilityName.SNAPSHOT_FULL, why);
            unshown.put(CapabilityName.RESTORE, why);
        }
        try {
            var _ = Kvm.deviceGroup();
        } catch (IOException e) {
            unshown.put(CapabilityName.ISOLATION_USER, String.valueOf(e.getMessage()));
        }
        return unshown;
    }

    @Override
    public Optional<Path> controlSocket(Launch launch) {
        return Optional.of(launch.directory().resolve(ChApi.SOCKET));
    }

    /// It has the host's root, and is kept from what is not its own by Landlock.
    @Override
    public void assertFenced(Launch launch, Live live) throws Exception {
        var outside = Files.write(launches().resolveSibling("outside.raw"), new byte[1 << 20]);
        try (var api = new ChApi(launch, live.process())) {
            var body = Map.of("id", "outside", "path", outside.toString(), "image_type", "Raw");
            var deadline = Deadline.in(Duration.ofSeconds(20));
            assertThat(catchThrowable(() -> api.put("vm.add-disk", body, deadline)))
                    .hasMessageContaining("Permission denied");
        }
    }
}
