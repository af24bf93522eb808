package dev.vmcp.host.doctor;

import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.ProvenTable;
import java.util.List;

/// What one hypervisor's driver finds installed, and whether that version was tested.
///
/// @param required without it no VM runs at all
public record LookAtDriver(Driver driver, boolean required) implements Look {

    @Override
    public List<Finding> findings() {
        return List.of(
                switch (driver.probe()) {
                    case Probe.Installed(var path, var version, var accelerator, _) ->
                            installed(
                                    path
                                            + " "
                                            + version
                                            + (accelerator.isEmpty() ? "" : ", " + accelerator),
                                    version);
                    case Probe.Missing(var why) ->
                            required
                                    ? Finding.broken(driver.name(), why, "install it")
                                    : Finding.limited(
                                            driver.name(),
                                            why,
                                            "install it where VMs shall run on it");
                });
    }

    private Finding installed(String fact, String version) {
        var table = ProvenTable.shipped();
        return table.covers(driver.name(), version)
                ? Finding.good(driver.name(), fact)
                : Finding.limited(
                        driver.name(),
                        fact + "; not a version that was tested",
                        "it is used all the same; tested: "
                                + String.join(", ", table.versions(driver.name())));
    }
}
