package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.vmm.Lending;
import dev.vmcp.host.vmm.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// The directory that a Firecracker works in, which is its whole world when it is jailed: it names
/// its socket, its log and users' files relative to it, so that a snapshot is taken up in another.
///
/// @param root of the jail, or the launch's own directory
record Quarters(Lending lending, Path root) {

    static final String SOCKET = "api.sock";
    static final String LOG = "firecracker.log";

    private static final String JAIL = "jail";
    private static final String ROOT = "root";

    /// Without a jail.
    static Quarters open(Launch launch, FileAccess files) {
        return new Quarters(new Lending(files, launch, launch.uid()), launch.directory());
    }

    /// Where the jailer looks for the files of a jail that it makes for `firecracker`.
    static Quarters jail(Launch launch, Path firecracker, FileAccess files) {
        var lending = new Lending(files, launch, launch.jailUid());
        return new Quarters(lending, root(launch, firecracker));
    }

    /// Those of a launch that was prepared before.
    static Quarters found(Launch launch, FileAccess files) {
        var root = found(launch);
        return root.equals(launch.directory())
                ? open(launch, files)
                : new Quarters(new Lending(files, launch, launch.jailUid()), root);
    }

    /// Where those of a launch are that was prepared before.
    static Path found(Launch launch) {
        if (!Files.isDirectory(base(launch), LinkOption.NOFOLLOW_LINKS)) {
            return launch.directory();
        }
        try (var programs = Files.newDirectoryStream(base(launch))) {
            for (var program : programs) {
                return root(launch, program);
            }
        } catch (IOException e) {
            // Without a look inside, nothing is found there either.
        }
        return root(launch, Path.of("firecracker"));
    }

    private static Path root(Launch launch, Path program) {
        return base(launch)
                .resolve(program.getFileName())
                .resolve(launch.id().value())
                .resolve(ROOT);
    }

    /// The `--chroot-base-dir` of the jailer.
    static Path base(Launch launch) {
        return launch.directory().resolve(JAIL);
    }

    Launch launch() {
        return lending.launch();
    }

    /// Whom the VMM runs as; 0 = ourselves.
    int uid() {
        return lending.uid();
    }

    private boolean jailed() {
        return !root.equals(launch().directory());
    }

    /// How many bytes the process read and wrote while it still was the jailer, which copies the
    /// program into the jail.
    long copied() {
        try {
            var program = root.resolveSibling("..").normalize().getFileName();
            return jailed() ? Files.size(root.resolve(program)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    Path log() {
        return root.resolve(LOG);
    }

    void make() throws IOException {
        for (var depth = launch().directory().getNameCount() + 1;
                depth <= root.getNameCount();
                depth++) {
            Files.createDirectory(root.getRoot().resolve(root.subpath(0, depth)));
        }
        var log = Files.createFile(log());
        if (uid() != 0) {
            Fifos.changeOwner(log, uid(), uid());
        }
    }

    /// Says which control groups the jailer will make for the VMM, so that they are removed.
    void grouped(List<Path> groups) throws IOException {
        new Traces(launch().directory()).groups(groups);
    }

    /// Makes a kernel or an initrd readable under `name`; empty where there is none.
    String image(String file, String name) throws IOException {
        if (file.isEmpty()) {
            return "";
        }
        lending.image(Path.of(file), root.resolve(name));
        return name;
    }

    /// Makes a file of a snapshot readable under `name`.
    String saved(Path file, String name) throws IOException {
        lending.own(file, root.resolve(name));
        return name;
    }

    /// Makes a file of this launch's own, which `writing` has written under `name`, the VMM's.
    String written(String name, Writing writing) throws IOException {
        var file = root.resolve(name);
        writing.write(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        if (uid() != 0) {
            Fifos.changeOwner(file, uid(), uid());
        }
        return name;
    }

    /// Writes a file that is not there.
    @FunctionalInterface
    interface Writing {
        void write(Path file) throws IOException;
    }

    /// Lets the VMM use a disk in place under `name`.
    String lend(VmSpec.Disk disk, String name) throws IOException {
        lending.disk(disk, root.resolve(name));
        return name;
    }

    /// As [#lend], to a VMM that runs already.
    String lendNow(VmSpec.Disk disk, String name) throws IOException {
        if (jailed()) {
            lending.diskInJail(disk, root.resolve(name));
            return name;
        }
        return lend(disk, name);
    }
}
