package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.vmm.Privileges;
import dev.vmcp.host.vmm.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The directory that a Firecracker works in, which is its whole world when it is jailed: it names
/// its socket, its log and users' files relative to it, so that a snapshot is taken up in another.
///
/// @param root of the jail, or the launch's own directory
/// @param uid whom the VMM runs as; 0 = ourselves, and then files are reached by symlinks
record Quarters(Launch launch, Path root, int uid) {

    static final String SOCKET = "api.sock";
    static final String LOG = "firecracker.log";

    private static final String JAIL = "jail";
    private static final String ROOT = "root";

    /// Without a jail.
    static Quarters open(Launch launch) {
        return new Quarters(launch, launch.directory(), launch.uid());
    }

    /// Where the jailer looks for the files of a jail that it makes for `firecracker`.
    static Quarters jail(Launch launch, Path firecracker) {
        var root =
                base(launch)
                        .resolve(firecracker.getFileName())
                        .resolve(launch.id().value())
                        .resolve(ROOT);
        return new Quarters(launch, root, launch.jailUid());
    }

    /// Those of a launch that was prepared before.
    static Quarters found(Launch launch) {
        if (!Files.isDirectory(base(launch), LinkOption.NOFOLLOW_LINKS)) {
            return open(launch);
        }
        try (var programs = Files.newDirectoryStream(base(launch))) {
            for (var program : programs) {
                return jail(launch, program);
            }
        } catch (IOException e) {
            // Without a look inside, nothing is found there either.
        }
        return jail(launch, Path.of("firecracker"));
    }

    /// The `--chroot-base-dir` of the jailer.
    static Path base(Launch launch) {
        return launch.directory().resolve(JAIL);
    }

    Path log() {
        return root.resolve(LOG);
    }

    void make() throws IOException {
        Files.createDirectories(root);
        var log = Files.createFile(log());
        if (uid != 0) {
            Fifos.changeOwner(log, uid, uid);
        }
    }

    /// Makes a file that is only read while the guest starts readable under `name`.
    String give(String file, String name) throws IOException {
        return file.isEmpty() ? "" : give(Path.of(file), name);
    }

    String give(Path file, String name) throws IOException {
        var target = root.resolve(name);
        if (uid == 0) {
            Files.createSymbolicLink(target, file);
        } else if (!linked(file, target)) {
            Files.copy(file, target);
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r--------"));
            Fifos.changeOwner(target, uid, uid);
        }
        return name;
    }

    /// A second name costs nothing, where the file is of the same file system and all may read it.
    private static boolean linked(Path file, Path target) throws IOException {
        if (!Privileges.readableByAll(file)) {
            return false;
        }
        try {
            Files.createLink(target, file.toRealPath());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Lets the VMM use a disk in place under `name`.
    String lend(VmSpec.Disk disk, String name) throws IOException {
        var file = Path.of(disk.path());
        if (uid == 0) {
            Files.createSymbolicLink(root.resolve(name), file);
        } else {
            new Traces(launch.directory()).lend(file, root.resolve(name), uid, !disk.readOnly());
        }
        return name;
    }

    /// As [#lend], to a VMM that runs already.
    String lendNow(VmSpec.Disk disk, String name) throws IOException {
        if (uid == 0) {
            return lend(disk, name);
        }
        new Traces(launch.directory())
                .link(Path.of(disk.path()), root.resolve(name), uid, !disk.readOnly());
        return name;
    }
}
