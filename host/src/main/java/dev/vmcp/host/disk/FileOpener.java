package dev.vmcp.host.disk;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.FileStatus;
import dev.vmcp.host.process.OpenFlags;
import dev.vmcp.host.process.ProcessException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Opens files that specs name. What is judged is the very file that is handed out: somebody who
/// swaps a link or a directory after the checks gains nothing. Safe for use by many threads.
///
/// The path is followed once, to a descriptor that can only be looked at; nothing that lies where
/// it must not is ever opened, not even for a moment.
public final class FileOpener {

    private static final Path DEVICES = Path.of("/dev");

    private final AllowedRoots roots;
    private final DiskLocks locks;

    public FileOpener(AllowedRoots roots, DiskLocks locks) {
        this.roots = roots;
        this.locks = locks;
    }

    /// A descriptor of a kernel or an initrd.
    ///
    /// @throws ProcessException when there is none, or it may not be opened
    public int image(Path path) {
        return open(path, OpenFlags.READ_ONLY, (_, _) -> {});
    }

    /// A descriptor of a disk that `launch` has acquired in the [DiskLocks].
    ///
    /// @throws ProcessException when there is none, it may not be opened or is not acquired
    public int disk(LaunchId launch, Path path, boolean writable) {
        var access = writable ? OpenFlags.READ_WRITE : OpenFlags.READ_ONLY;
        return open(
                path,
                access,
                (file, opened) -> {
                    if (!locks.holds(launch, file, writable)) {
                        throw new ProcessException(
                                "open " + opened + ": it is another file by now");
                    }
                });
    }

    @FunctionalInterface
    private interface Judge {
        void judge(FileId file, Path path);
    }

    private int open(Path path, int access, Judge judge) {
        int place = Descriptors.open(path, OpenFlags.PATH_ONLY);
        try {
            var itself = Path.of("/proc/self/fd/" + place);
            requirePlace(path, FileStatus.of(place).kind(), Files.readSymbolicLink(itself));
            judge.judge(FileFacts.ofTarget(itself).id(), path);
            return Descriptors.open(itself, access | OpenFlags.NON_BLOCKING);
        } catch (IOException e) {
            throw new ProcessException("open " + path + ": " + e.getMessage());
        } finally {
            Descriptors.close(place);
        }
    }

    private void requirePlace(Path path, FileStatus.Kind kind, Path real) {
        boolean fits =
                switch (kind) {
                    case REGULAR -> roots.hold(real);
                    case BLOCK -> real.startsWith(DEVICES);
                    case DIRECTORY, FIFO, SOCKET, CHARACTER, OTHER ->
                            throw new ProcessException(
                                    "open " + path + ": neither a file nor a block device");
                };
        if (!fits) {
            throw new ProcessException(
                    "open "
                            + path
                            + ": it does not lie, links resolved, in one of "
                            + roots.words());
        }
    }
}
