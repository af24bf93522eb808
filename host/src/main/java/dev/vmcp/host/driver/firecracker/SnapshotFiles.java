package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Snapshots;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.vmm.Extents;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.HugePages;
import dev.vmcp.host.vmm.Json;
import dev.vmcp.host.vmm.RestClient;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Snapshots: the state of the VMM, the guest's memory, and under which names the VMM had its
/// drives open, since it looks for them there when it takes the snapshot up.
record SnapshotFiles(VmSpec spec, Quarters quarters, RestClient api) implements Snapshots {

    static final String STATE = "state";
    static final String MEMORY = "memory";

    /// Beside the memory of a diff: which of its bytes were written.
    private static final String EXTENTS = "memory.extents";

    private static final String DRIVES = "drives.json";

    /// Firecracker writes where it can: into its own quarters, from which the files are moved.
    private static final String SAVING = "saving.";

    @Override
    public void save(Path directory, Extent extent, Deadline deadline) {
        if (HugePages.wanted(spec.memory())) {
            throw new DriverException(
                    Kind.NOT_NOW,
                    "config.memory.backing[hugepages] is on (expected: off, for Firecracker cannot"
                            + " restore guests from huge pages)");
        }
        if (extent == Extent.DIFF && !Configuration.tracking(spec)) {
            throw new DriverException(
                    Kind.NOT_NOW,
                    "config.memory.backing[" + Configuration.TRACKING + "] is off (expected: on)");
        }
        try {
            remove();
            if (extent == Extent.DIFF) {
                Extents.require(directory);
            }
            api.put(
                    "/snapshot/create",
                    Map.of(
                            "snapshot_type", extent == Extent.DIFF ? "Diff" : "Full",
                            "snapshot_path", SAVING + STATE,
                            "mem_file_path", SAVING + MEMORY),
                    deadline);
            Files.writeString(directory.resolve(DRIVES), Json.write(drives(deadline)));
            take(STATE, directory);
            if (extent == Extent.FULL) {
                take(MEMORY, directory);
            } else {
                // A copy would lose the holes.
                take(MEMORY, directory, StandardCopyOption.ATOMIC_MOVE);
                Extents.list(directory.resolve(MEMORY), directory.resolve(EXTENTS));
            }
        } catch (IOException | ProcessException e) {
            throw HostFault.of("save a snapshot", e);
        } finally {
            discard();
        }
    }

    /// Makes the memory that a guest goes on with: that of the last of `snapshots`, a whole one,
    /// with what each diff before it changed, in the order in which they were taken.
    static void merge(List<Path> snapshots, Path memory) throws IOException {
        Extents.whole(snapshots.getLast().resolve(MEMORY), memory);
        for (var diff : snapshots.reversed().subList(1, snapshots.size())) {
            Extents.lay(diff.resolve(MEMORY), diff.resolve(EXTENTS), memory);
        }
    }

    /// The names under which the drives of a snapshot must lie, by drive id.
    static Map<String, String> drives(Path snapshot) throws IOException {
        var bytes = Files.readAllBytes(snapshot.resolve(DRIVES));
        var names = new TreeMap<String, String>();
        Json.read(bytes, 0, bytes.length)
                .forEach((id, name) -> names.put(id, String.valueOf(name)));
        return names;
    }

    private Map<String, Object> drives(Deadline deadline) {
        var names = new TreeMap<String, Object>();
        var drives = api.get("/vm/config", deadline).getOrDefault("drives", List.of());
        for (var drive : Json.objects(drives)) {
            if (drive.get("drive_id") instanceof String id
                    && drive.get("path_on_host") instanceof String name) {
                names.put(id, name);
            }
        }
        return names;
    }

    /// All may read it, for those who restore it are other users; who reaches it is up to the
    /// directory.
    private void take(String name, Path directory, CopyOption... how) throws IOException {
        var from = quarters.root().resolve(SAVING + name);
        var to = directory.resolve(name);
        if (!Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("Firecracker wrote no " + name);
        }
        Files.move(from, to, how);
        if (!Files.isRegularFile(to, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("Firecracker wrote no " + name);
        }
        if (quarters.uid() != 0) {
            Fifos.changeOwner(to, 0, 0);
        }
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("r--r--r--"));
    }

    private void remove() throws IOException {
        Files.deleteIfExists(quarters.root().resolve(SAVING + STATE));
        Files.deleteIfExists(quarters.root().resolve(SAVING + MEMORY));
    }

    private void discard() {
        try {
            remove();
        } catch (IOException e) {
            // They go with the launch.
        }
    }
}
