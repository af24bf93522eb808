package dev.vmcp.host.driver.qemu;

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

final class QemuStandInDriverTest extends StandInContract {

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
                            "qemu-system-x86_64",
                            "qemu",
                            "QEMU emulator version 7.2.22 (a stand-in)");
            environment.put("VMCP_QEMU", program.toString());
            environment.put(Accelerator.VARIABLE, "tcg");
        }

        @Override
        protected Driver driver(Processes processes, Map<String, String> environment) {
            return new QemuDriver(processes, environment, new HostTaps());
        }

        @Override
        public VmSpec spec() {
            return Specs.with(
                    super.spec(),
                    new VmSpec.Boot(
                            kernel().toString(), "", "vmcp.listen", Map.of("machine", "microvm")));
        }

        /// A microvm never grows.
        @Override
        public VmSpec roomy() {
            var spec = super.roomy();
            return Specs.with(
                    spec,
                    new VmSpec.Boot(
                            spec.boot().kernel(), "", "vmcp.listen", Map.of("machine", "q35")));
        }

        @Override
        public VmSpec screened() {
            return Specs.with(
                    super.spec(),
                    new VmSpec.Boot(kernel().toString(), "", "vmcp.listen", Map.of("vnc", "on")));
        }

        @Override
        public Optional<Path> controlSocket(Launch launch) {
            return Optional.of(launch.directory().resolve(QmpDial.SOCKET));
        }
    }
}
