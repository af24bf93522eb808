package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.FileStatus;
import dev.vmcp.host.process.OpenFlags;
import dev.vmcp.host.process.ProcessException;
import java.nio.file.Path;

/// Any file or block device, for those who name only files of their own or have judged them.
public final class FilesAsNamed implements FileAccess {

    @Override
    public int image(Path path) {
        return open(path, false);
    }

    @Override
    public int disk(LaunchId launch, Path path, boolean writable) {
        return open(path, writable);
    }

    /// A descriptor of it, which the caller closes.
    public static int open(Path path, boolean writable) {
        var access = writable ? OpenFlags.READ_WRITE : OpenFlags.READ_ONLY;
        // Non-blocking: somebody may have put a FIFO in its place.
        var descriptor = Descriptors.open(path, access | OpenFlags.NON_BLOCKING);
        var kind = FileStatus.of(descriptor).kind();
        if (kind != FileStatus.Kind.REGULAR && kind != FileStatus.Kind.BLOCK) {
            Descriptors.close(descriptor);
            throw new ProcessException("open " + path + ": neither a file nor a block device");
        }
        return descriptor;
    }
}
