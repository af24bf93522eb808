package dev.vmcp.host.driver.mvisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.FileStatus;
import dev.vmcp.host.process.OpenFlags;
import dev.vmcp.host.process.ProcessException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The disks of a spec as descriptors that MVisor inherits, numbered from 3 on.
final class DiskFiles {

    private static final int FIRST = 3;

    private DiskFiles() {}

    /// The numbers under which MVisor will find the disks.
    static List<Integer> numbers(VmSpec spec) {
        return IntStream.range(FIRST, FIRST + spec.disks().size()).boxed().toList();
    }

    /// Opens all of them; the caller closes them.
    ///
    /// @throws ProcessException when one cannot be opened; none is open then
    static List<Integer> open(VmSpec spec) {
        var opened = new ArrayList<Integer>();
        try {
            for (var disk : spec.disks()) {
                opened.add(open(Path.of(disk.path()), !disk.readOnly()));
            }
            return opened;
        } catch (RuntimeException e) {
            opened.forEach(Descriptors::close);
            throw e;
        }
    }

    private static int open(Path path, boolean writable) {
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
