package dev.vmcp.host.driver.mvisor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.driver.StandInContract;
import dev.vmcp.host.driver.StandInStage;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.standin.MvisorMachine;
import dev.vmcp.host.standin.StandInProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

final class MvisorStandInDriverTest extends StandInContract {

    @Override
    protected StandInStage stage(Path directory) throws IOException {
        return new Stage(directory);
    }

    private static final class Stage extends StandInStage {

        private final SectorKeys keys;

        Stage(Path directory) throws IOException {
            super(directory);
            var home = Files.createDirectories(directory.resolve("mvisor/bin"));
            Files.createDirectories(directory.resolve("mvisor/share"));
            Files.write(directory.resolve("mvisor/share/bios-256k.bin"), new byte[1 << 18]);
            var program = StandInProgram.write(home, "mvisor", "mvisor", "MVisor: 2.7.3");
            environment.put("VMCP_MVISOR", program.toString());
            keys = SectorKeys.on(kernel());
            if (driver().probe() instanceof Probe.Missing(var why)) {
                close();
                assumeTrue(false, why);
            }
        }

        @Override
        protected Driver driver(Processes processes, Map<String, String> environment) {
            return new MvisorDriver(processes, environment);
        }

        /// MVisor passes over most of what it does not understand, so the file is judged here.
        @Override
        public List<String> objections() throws IOException {
            var found = new ArrayList<String>();
            for (var request : requests()) {
                if (request.method().equals("YAML")) {
                    found.addAll(MvisorMachine.objections(request.body()));
                } else if (!request.path().matches(".* -uuid [0-9a-f-]{36} .*")) {
                    found.add(request.path() + ": gives it the identity of all others");
                }
            }
            return found;
        }

        @Override
        public VmSpec spec() {
            return Specs.with(
                    Specs.plain("", "", MvisorStage.MEMORY),
                    Specs.disk("root", kernel().toString(), false));
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
        public void awaitUp(Launch launch) throws Exception {
            keys.awaitUp(serial(launch));
        }

        @Override
        public void act(Launch launch, Act act) throws Exception {
            keys.act(act);
        }
    }
}
