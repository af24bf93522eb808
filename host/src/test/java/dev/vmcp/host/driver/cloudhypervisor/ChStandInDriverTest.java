package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.HostTaps;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.driver.StandInContract;
import dev.vmcp.host.driver.StandInStage;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.standin.StandInProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

final class ChStandInDriverTest extends StandInContract {

    @Override
    protected StandInStage stage(Path directory) throws IOException {
        return new Stage(directory);
    }

    private static final class Stage extends StandInStage {

        Stage(Path directory) throws IOException {
            super(directory);
            var program =
                    StandInProgram.write(
                            directory,
                            "cloud-hypervisor",
                            "cloudhypervisor",
                            "cloud-hypervisor v53.0");
            environment.put("VMCP_CLOUD_HYPERVISOR", program.toString());
        }

        @Override
        protected Driver driver(Processes processes, Map<String, String> environment) {
            return new CloudHypervisorDriver(processes, loop(), environment, new HostTaps());
        }

        @Override
        public Optional<Contract> contract() {
            return Optional.of(new Contract("cloud-hypervisor-53.0.yaml", "/api/v1"));
        }

        @Override
        public VmSpec spec() {
            return Specs.plain(kernel().toString(), "vmcp.listen", ChStage.ENOUGH);
        }

        @Override
        public Manner manner(Act act) {
            return act == Act.CRASH ? Manner.ENDS : Manner.TELLS;
        }

        @Override
        public boolean tellsLoss() {
            return false;
        }

        @Override
        public Optional<Path> controlSocket(Launch launch) {
            return Optional.of(launch.directory().resolve(ChApi.SOCKET));
        }
    }
}
