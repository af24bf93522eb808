package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.DriverContract;
import dev.vmcp.host.driver.DriverStage;
import java.nio.file.Path;

final class QemuTinyDriverTest extends DriverContract {

    @Override
    protected DriverStage stage(Path directory) throws Exception {
        return new QemuStage(directory);
    }
}
