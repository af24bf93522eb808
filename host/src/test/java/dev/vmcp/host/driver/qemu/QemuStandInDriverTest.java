package dev.vmcp.host.driver.qemu;

import static dev.vmcp.core.backend.CapabilityName.HOTPLUG_DISK;
import static dev.vmcp.core.backend.CapabilityName.HOTPLUG_NIC;
import static dev.vmcp.core.backend.CapabilityName.RESIZE_MEMORY;
import static dev.vmcp.core.backend.CapabilityName.RESIZE_VCPUS;
import static dev.vmcp.core.backend.CapabilityName.RESTORE;
import static dev.vmcp.core.backend.CapabilityName.SNAPSHOT_FULL;
import static dev.vmcp.core.backend.CapabilityName.UNPLUG_DISK;
import static dev.vmcp.core.backend.CapabilityName.UNPLUG_NIC;

import dev.vmcp.core.backend.CapabilityName;
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
import java.util.HashMap;
import java.util.List;
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

        /// What it plugs, grows and saves is shown on the real one only.
        @Override
        public Map<CapabilityName, String> unshown() {
            var unshown = new HashMap<>(super.unshown());
            for (var name :
                    List.of(
                            RESIZE_VCPUS,
                            RESIZE_MEMORY,
                            HOTPLUG_DISK,
                            UNPLUG_DISK,
                            HOTPLUG_NIC,
                            UNPLUG_NIC,
                            SNAPSHOT_FULL,
                            RESTORE)) {
                unshown.put(name, "the stand-in has one machine, which never changes");
            }
            return unshown;
        }

        @Override
        public Optional<Path> controlSocket(Launch launch) {
            return Optional.of(launch.directory().resolve(QmpDial.SOCKET));
        }
    }
}
