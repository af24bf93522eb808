package dev.vmcp.host.driver.mvisor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.driver.TinyStage;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.vmm.Kvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/// The real MVisor with boot-sector guests that listen on their disk.
class MvisorStage extends TinyStage {

    /// What the firmware takes, with some to spare.
    static final long MEMORY = 32 << 20;

    private final SectorKeys keys;

    MvisorStage(Path directory) throws IOException {
        super(directory, new Names("boot 'sector' #1.qcow2", "data: 1"));
        keys = SectorKeys.on(disk());
        if (driver().probe() instanceof Probe.Missing(var why)) {
            close();
            assumeTrue(false, why);
        }
        if (!Files.isWritable(Kvm.DEVICE)) {
            close();
            assumeTrue(false, Kvm.DEVICE + " may not be opened");
        }
    }

    Path disk() {
        return kernel();
    }

    @Override
    protected Driver driver(Processes processes, Map<String, String> environment) {
        return new MvisorDriver(processes, environment);
    }

    @Override
    public VmSpec spec() {
        return Specs.with(
                Specs.plain("", "", MEMORY), Specs.disk("root", disk().toString(), false));
    }

    @Override
    public boolean converses() {
        return false;
    }

    @Override
    public boolean tellsLoss() {
        return false;
    }

    @Override
    public Map<CapabilityName, String> unshown() {
        try {
            var _ = Kvm.deviceGroup();
            return Map.of();
        } catch (IOException e) {
            return Map.of(CapabilityName.ISOLATION_USER, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Set<String> variables() {
        return Set.of("LD_PRELOAD", "_STDBUF_O");
    }

    @Override
    public VmSpec unprivileged() throws IOException {
        Files.setPosixFilePermissions(disk(), PosixFilePermissions.fromString("rw-rw-rw-"));
        return spec();
    }

    @Override
    public void awaitUp(Launch launch) throws Exception {
        keys.awaitUp(serial(launch));
    }

    @Override
    public void act(Launch launch, Act act) throws Exception {
        keys.act(act);
    }

    void tell(char key) throws IOException {
        keys.tell(key);
    }
}
