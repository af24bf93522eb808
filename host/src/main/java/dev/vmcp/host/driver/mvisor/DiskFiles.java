package dev.vmcp.host.driver.mvisor;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.vmm.UsersFile;
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
    /// @throws dev.vmcp.host.process.ProcessException when one cannot be opened; none is open then
    static List<UsersFile> open(VmSpec spec, LaunchId launch, FileAccess files) {
        var opened = new ArrayList<UsersFile>();
        try {
            spec.disks().forEach(disk -> opened.add(UsersFile.disk(files, launch, disk)));
            return opened;
        } catch (RuntimeException e) {
            opened.forEach(UsersFile::close);
            throw e;
        }
    }
}
