package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A user's file or block device, open, so that it stays the same whatever becomes of its path.
/// Whoever opens one closes it.
///
/// @param path as the user named it
public record UsersFile(Path path, int descriptor) implements AutoCloseable {

    /// A kernel or an initrd.
    ///
    /// @throws dev.vmcp.host.process.ProcessException as [FileAccess#image]
    public static UsersFile image(FileAccess files, Path path) {
        return new UsersFile(path, files.image(path));
    }

    /// @throws dev.vmcp.host.process.ProcessException as [FileAccess#disk]
    public static UsersFile disk(FileAccess files, LaunchId launch, VmSpec.Disk disk) {
        var path = Path.of(disk.path());
        return new UsersFile(path, files.disk(launch, path, !disk.readOnly()));
    }

    /// Whatever has that name now, for files that are ours.
    ///
    /// @throws dev.vmcp.host.process.ProcessException when it is neither a file nor a block device
    public static UsersFile asNamed(Path path) {
        return new UsersFile(path, FilesAsNamed.open(path, false));
    }

    public boolean block() {
        return FileStatus.of(descriptor).kind() == FileStatus.Kind.BLOCK;
    }

    long inode() {
        return FileStatus.of(descriptor).inode();
    }

    /// The device that a block device's node stands for.
    long device() throws IOException {
        return (long) Files.getAttribute(itself(), "unix:rdev");
    }

    /// A name of this very file that holds in this process while it is open.
    Path itself() {
        return Path.of("/proc/self/fd/" + descriptor);
    }

    /// Where it lies now.
    Path place() throws IOException {
        return Files.readSymbolicLink(itself());
    }

    /// Whether any user may read it by its own permissions.
    boolean readableByAll() throws IOException {
        return Privileges.readableByAll(itself());
    }

    @Override
    public void close() {
        Descriptors.close(descriptor);
    }
}
