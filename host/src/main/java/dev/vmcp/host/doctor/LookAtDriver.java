package dev.vmcp.host.doctor;

import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Probe;
import java.util.List;

/// What one hypervisor's driver finds installed.
///
/// @param required without it no VM runs at all
public record LookAtDriver(Driver driver, boolean required) implements Look {

    @Override
    public List<Finding> findings() {
        return List.of(
                switch (driver.probe()) {
                    case Probe.Installed(var path, var version, var accelerator, _) ->
                            Finding.good(
                                    driver.name(),
                                    path
                                            + " "
                                            + version
                                            + (accelerator.isEmpty() ? "" : ", " + accelerator));
                    case Probe.Missing(var why) ->
                            required
                                    ? Finding.broken(driver.name(), why, "install it")
                                    : Finding.limited(driver.name(), why, "install it");
                });
    }
}
