package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// What the [Verb]s need that takes something: one that may be had once.
///
/// @param nic on a TAP that nobody has
/// @param directory for a snapshot, empty
record Means(VmSpec.Disk disk, VmSpec.Nic nic, Path directory, int cpus, long bytes) {

    static final String DISK = "d1";

    static Means of(DriverStage stage, Path scratch) throws Exception {
        var spec = stage.roomy();
        return new Means(
                Specs.disk(DISK, stage.hotDisk(scratch).toString(), false),
                new VmSpec.Nic("n1", "52:54:00:01:02:03", "vmcp-kit0", "", Map.of()),
                stage.snapshotDirectory(Files.createDirectory(scratch.resolve("s"))),
                spec.cpu().max(),
                spec.memory().maxBytes());
    }
}
