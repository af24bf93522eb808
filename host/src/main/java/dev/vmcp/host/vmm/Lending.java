package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.ProcessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Gives users' files names in a launch's directory, for a VMM that opens files by name. Each is
/// opened once and judged, and what gets the name is what was opened: a path that leads elsewhere
/// since then is of no use to anyone.
///
/// @param uid whom the VMM runs as; 0 = ourselves
public record Lending(FileAccess files, Launch launch, int uid) {

    /// Makes a kernel or an initrd readable as `target`.
    public void image(Path path, Path target) throws IOException {
        try (var file = UsersFile.image(files, path)) {
            readable(file, target);
        } catch (ProcessException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// Makes a file of ours readable as `target`.
    public void own(Path path, Path target) throws IOException {
        try (var file = UsersFile.asNamed(path)) {
            readable(file, target);
        } catch (ProcessException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// A second name costs nothing; a mount takes root; a copy is always possible.
    private void readable(UsersFile file, Path target) throws IOException {
        if ((uid == 0 || file.readableByAll()) && Mounts.link(file.descriptor(), target)) {
            return;
        }
        if (uid == 0 && Privileges.root()) {
            traces().lend(file, target, uid, false);
            return;
        }
        Files.copy(file.itself(), target);
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r--------"));
        if (uid != 0) {
            Fifos.changeOwner(target, uid, uid);
        }
    }

    /// Lets the VMM use a disk in place as `target`, also while it runs, as long as it sees our
    /// mounts.
    public void disk(VmSpec.Disk disk, Path target) throws IOException {
        try (var file = UsersFile.disk(files, launch.id(), disk)) {
            if (uid != 0) {
                traces().lend(file, target, uid, !disk.readOnly());
            } else if (file.block()) {
                // Only root puts devices into /dev.
                Files.createSymbolicLink(target, file.place());
            } else if (!Mounts.link(file.descriptor(), target)) {
                inPlace(file, target, !disk.readOnly());
            }
        } catch (ProcessException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// Who is not root can neither mount the file nor copy what is to be written: the VMM opens it
    /// by where it lies now, and a directory on the way may become another before it does.
    private void inPlace(UsersFile file, Path target, boolean writable) throws IOException {
        if (Privileges.root()) {
            traces().lend(file, target, uid, writable);
        } else {
            Files.createSymbolicLink(target, file.place());
        }
    }

    /// As [#disk], for a VMM that runs and sees only its own mounts.
    ///
    /// @throws IOException also where disk and launch lie in different file systems
    public void diskInJail(VmSpec.Disk disk, Path target) throws IOException {
        try (var file = UsersFile.disk(files, launch.id(), disk)) {
            traces().link(file, target, uid, !disk.readOnly());
        } catch (ProcessException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Traces traces() {
        return new Traces(launch.directory());
    }
}
