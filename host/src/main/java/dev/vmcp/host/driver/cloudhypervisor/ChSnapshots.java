package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Snapshots;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.ProcessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Saves guests. The VMM writes into the launch's directory, for it may write nowhere else.
record ChSnapshots(ChApi api, Launch launch) implements Snapshots {

    static final String CONFIG = "config.json";

    /// What a snapshot consists of.
    static final List<String> FILES = List.of(CONFIG, "state.json", "memory-ranges");

    @Override
    public void save(Path directory, Extent extent, Deadline deadline) {
        if (extent == Extent.DIFF) {
            throw new DriverException(
                    Kind.REFUSED, "Cloud Hypervisor saves whole snapshots only (expected: FULL)");
        }
        var own = launch.directory().resolve("saved-" + Long.toHexString(System.nanoTime()));
        try {
            Files.createDirectory(own);
            if (launch.uid() != 0) {
                Fifos.changeOwner(own, launch.uid(), launch.uid());
            }
            try {
                api.put("vm.snapshot", Map.of("destination_url", "file://" + own), deadline);
                moveAll(own, directory);
            } finally {
                removeAll(own);
            }
        } catch (IOException | ProcessException e) {
            throw new DriverException(Kind.HOST, "save the guest: " + e.getMessage(), e);
        }
    }

    private static void moveAll(Path from, Path to) throws IOException {
        for (var name : FILES) {
            var file = from.resolve(name);
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("the VMM wrote no " + name);
            }
            Files.move(file, to.resolve(name));
        }
    }

    private static void removeAll(Path own) throws IOException {
        for (var name : FILES) {
            Files.deleteIfExists(own.resolve(name));
        }
        Files.deleteIfExists(own);
    }
}
