package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverContract;
import dev.vmcp.host.driver.DriverStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The machine with firmware, by TCG, where that firmware is fast.
final class QemuQ35DriverTest extends DriverContract {

    @Override
    protected DriverStage stage(Path directory) throws IOException {
        return new QemuStage(directory) {
            @Override
            public String variant() {
                return "q35, tcg";
            }

            @Override
            public VmSpec spec() {
                return spec("vmcp.listen", Map.of("machine", "q35", "accel", "tcg"), List.of());
            }
        };
    }
}
