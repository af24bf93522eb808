package dev.vmcp.host.keeper;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.vmm.Traces;
import dev.vmcp.platform.files.FileTrees;
import dev.vmcp.platform.lifecycle.CrashPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the files of a host lie.
///
/// @param data the data directory, absolute and free of symlinks
/// @param uidBase the uid of slot 0; 0 = VMMs run as ourselves
public record Layout(Path data, int uidBase) {

    private static final Logger LOG = LoggerFactory.getLogger(Layout.class);

    public Path launches() {
        return data.resolve("launches");
    }

    public Path vms() {
        return data.resolve("vms");
    }

    Path snapshots() {
        return data.resolve("snapshots");
    }

    public Path vm(VmId id) {
        return vms().resolve(id.value());
    }

    Path directory(LaunchId id) {
        return launches().resolve(id.value());
    }

    /// The launch of a VM that has `slot`.
    Launch launch(LaunchId id, VmId vm, int slot) {
        var jailUid = (uidBase == 0 ? Launch.FIRST_JAIL_USER : uidBase) + slot;
        return new Launch(id, vm, directory(id), uidBase == 0 ? 0 : jailUid, jailUid);
    }

    /// Makes the directories of the host.
    public void make() {
        try {
            // Traversable, so that a VMM under its own uid reaches its launch directory.
            var open =
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx--x--x"));
            for (var directory : List.of(launches(), vms(), snapshots())) {
                if (!Files.isDirectory(directory)) {
                    Files.createDirectories(directory, open);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("make directories in " + data, e);
        }
    }

    void makeLaunch(Launch launch) throws IOException {
        Files.createDirectory(
                launch.directory(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /// The names in a directory of ours; empty when it is not there.
    static List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("list " + directory, e);
        }
    }

    /// Removes a tree of ours without following links, after what a launch has left outside of it.
    /// Does nothing where there is none.
    static void remove(Path tree) {
        try {
            Traces.undo(tree);
        } catch (IOException e) {
            throw new UncheckedIOException("undo the traces of " + tree, e);
        }
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        CrashPoint.reach("remove.before");
        try {
            FileTrees.remove(tree);
            CrashPoint.reach("remove.after");
        } catch (IOException e) {
            throw new UncheckedIOException("remove " + tree, e);
        }
    }

    /// As [#remove]; what cannot be removed keeps no VM from its end and no host from its start:
    /// the next start tries again.
    static void removeIfPossible(Path tree) {
        try {
            remove(tree);
        } catch (UncheckedIOException e) {
            LOG.atWarn()
                    .addKeyValue("event", "directory.not_removed")
                    .addKeyValue("directory", tree)
                    .addKeyValue("error", e.getMessage())
                    .log("a directory of ours was not removed");
        }
    }
}
