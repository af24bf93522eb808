package dev.vmcp.host.driver.firecracker;

import dev.vmcp.host.driver.DriverContract;
import dev.vmcp.host.driver.DriverStage;
import java.nio.file.Path;

final class FirecrackerFreeDriverTest extends DriverContract {

    @Override
    protected DriverStage stage(Path directory) throws Exception {
        return new FirecrackerStage(directory, false);
    }
}
