package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.HostTaps;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.StandInContract;
import dev.vmcp.host.driver.StandInStage;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.standin.StandInProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

final class FirecrackerStandInDriverTest extends StandInContract {

    @Override
    protected StandInStage stage(Path directory) throws IOException {
        return new Stage(directory);
    }

    private static final class Stage extends StandInStage {

        Stage(Path directory) throws IOException {
            super(directory);
            var program =
                    StandInProgram.write(
                            directory, "firecracker", "firecracker", "Firecracker v1.15.1");
            environment.put("VMCP_FIRECRACKER", program.toString());
            environment.put(Programs.JAIL, "never");
        }

        @Override
        protected Driver driver(Processes processes, Map<String, String> environment) {
            return new FirecrackerDriver(processes, environment, new HostTaps());
        }

        /// A JVM's reading of its own classes is counted with it.
        @Override
        public long idleDiskBytes() {
            return 256 << 20;
        }

        @Override
        public Optional<Contract> contract() {
            return Optional.of(new Contract("firecracker-1.15.1.yaml", ""));
        }

        @Override
        public VmSpec spec() {
            return FirecrackerStage.tracked(super.spec());
        }

        @Override
        public Manner manner(Act act) {
            return FirecrackerStage.ends(act);
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
        public Optional<Path> controlSocket(Launch launch) {
            return Optional.of(launch.directory().resolve(Quarters.SOCKET));
        }
    }
}
