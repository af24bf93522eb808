package dev.vmcp.host.driver.fifth;

import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.DriverContract;
import dev.vmcp.host.driver.DriverStage;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.TinyStage;
import dev.vmcp.host.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/// A minimal fifth driver keeps the contract: all that it does not do it refuses.
final class FifthDriverTest extends DriverContract {

    @Override
    protected DriverStage stage(Path directory) throws IOException {
        return new Stage(directory);
    }

    private static final class Stage extends TinyStage {

        Stage(Path directory) throws IOException {
            super(directory, new Names("kernel", "data"));
        }

        @Override
        protected Driver driver(Processes processes, Map<String, String> environment) {
            return new FifthDriver(processes);
        }

        /// The shell says once more that it lives when it is given a line.
        @Override
        public void awaitUp(Launch launch) throws Exception {
            Files.writeString(launch.serialIn(), "\n", StandardOpenOption.WRITE);
            serial(launch).await("lives");
            serial(launch).forget();
        }

        @Override
        public Manner manner(Act act) {
            return Manner.HIDES;
        }

        @Override
        public boolean real() {
            return false;
        }

        @Override
        public boolean converses() {
            return false;
        }

        @Override
        public boolean tellsLoss() {
            return false;
        }

        /// What a shell sets by itself.
        @Override
        public Set<String> variables() {
            return Set.of();
        }
    }
}
