package dev.vmcp.host.driver.mvisor;

import dev.vmcp.host.driver.DriverContract;
import dev.vmcp.host.driver.DriverStage;
import java.nio.file.Path;

final class MvisorDriverTest extends DriverContract {

    @Override
    protected DriverStage stage(Path directory) throws Exception {
        return new MvisorStage(directory);
    }
}
