package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.DriverContract;
import dev.vmcp.host.driver.DriverStage;
import java.nio.file.Path;

final class ChDriverTest extends DriverContract {

    @Override
    protected DriverStage stage(Path directory) throws Exception {
        return new ChStage(directory);
    }
}
