package dev.vmcp.host.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the scripted driver has in common with real ones; its guests have neither console nor
/// process.
final class ScriptedDriverTest extends KitTest
        implements LifecycleCases, EndCases, FaultCases, AdoptionCases {

    @Override
    protected DriverStage stage(Path directory) {
        return new Stage(directory);
    }

    private static final class Stage implements DriverStage {
        private static final VmId VM = new VmId("vm-1");

        private final ScriptedDriver vmms = new ScriptedDriver();
        private final Path launches;
        private int count;

        Stage(Path launches) {
            this.launches = launches;
        }

        @Override
        public Driver driver() {
            return vmms;
        }

        @Override
        public Processes processes() {
            return vmms;
        }

        @Override
        public List<Processes.Found> running() {
            return vmms.scan(launches);
        }

        @Override
        public VmSpec spec() {
            return Specs.plain("/kernel", "", 1 << 20);
        }

        @Override
        public Launch launch() throws IOException {
            var id = new LaunchId("l-%024x".formatted(++count));
            return new Launch(id, VM, Files.createDirectory(launches.resolve(id.value())), 0);
        }

        @Override
        public void act(Launch launch, Act act) {
            var vmm = vmm(launch);
            switch (act) {
                case POWER_OFF -> vmm.powerOff();
                case RESTART -> vmm.restart();
                case CRASH -> vmm.crash("scripted");
            }
        }

        @Override
        public void awaitUp(Launch launch) {
            assertThat(vmm(launch).guest()).isEqualTo(GuestState.RUNNING);
        }

        @Override
        public void freeze(OsProcess process) {
            all(Script.Mood.DEAF);
        }

        @Override
        public void thaw(OsProcess process) {
            all(Script.Mood.FINE);
        }

        @Override
        public boolean real() {
            return false;
        }

        @Override
        public void close() {}

        private void all(Script.Mood mood) {
            var _ = vmms.script(VM).all(mood);
        }

        private ScriptedVmm vmm(Launch launch) {
            return vmms.of(launch.id()).orElseThrow();
        }
    }
}
