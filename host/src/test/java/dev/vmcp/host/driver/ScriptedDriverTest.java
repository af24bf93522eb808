package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.Processes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class ScriptedDriverTest extends DriverContract {

    @Override
    protected DriverStage stage(Path directory) {
        return new Stage(directory);
    }

    private static final class Stage implements DriverStage {
        private final ScriptedProcesses machine = new ScriptedProcesses();
        private final Path launches;
        private int count;

        Stage(Path launches) {
            this.launches = launches;
        }

        @Override
        public Driver driver() {
            return new ScriptedDriver(machine, new Script());
        }

        @Override
        public Processes processes() {
            return machine;
        }

        @Override
        public List<Processes.Found> running() {
            return machine.scan(launches);
        }

        @Override
        public VmSpec spec() {
            return new VmSpec(
                    new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                    new VmSpec.Memory(1 << 20, false, 0, Map.of()),
                    new VmSpec.Boot("/kernel", "", "", Map.of()),
                    List.of(),
                    List.of(),
                    new VmSpec.Console(false, "", "", ""),
                    Map.of());
        }

        @Override
        public Launch launch() {
            var id = new LaunchId("l-%024x".formatted(++count));
            return new Launch(id, new VmId("vm-1"), launches.resolve(id.value()), 0);
        }

        @Override
        public void act(Launch launch, Act act) {
            var vmm = vmm(launch);
            switch (act) {
                case POWER_OFF -> vmm.powerOff();
                case RESTART -> vmm.restart();
                case CRASH -> vmm.crash();
            }
        }

        @Override
        public void awaitUp(Launch launch) {
            assertThat(vmm(launch).guest()).isEqualTo(GuestState.RUNNING);
        }

        @Override
        public void freeze(OsProcess process) {
            machine.vmm(process.id()).orElseThrow().freeze();
        }

        @Override
        public void thaw(OsProcess process) {
            machine.vmm(process.id()).orElseThrow().thaw();
        }

        @Override
        public void close() {}

        private ScriptedVmm vmm(Launch launch) {
            return machine.vmm(launch.id()).orElseThrow();
        }
    }
}
