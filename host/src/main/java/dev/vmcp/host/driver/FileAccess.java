package dev.vmcp.host.driver;

import dev.vmcp.core.vm.LaunchId;
import java.nio.file.Path;

/// How a driver opens files that a spec names, so that a VMM gets what was allowed, whatever became
/// of a path since it was looked at. The caller closes what it gets.
///
/// Both throw [dev.vmcp.host.process.ProcessException] when there is no such file or device, or it
/// may not be opened.
public interface FileAccess {

    /// A descriptor of a kernel or an initrd, for reading.
    int image(Path path);

    /// A descriptor of a disk, which has to be one that this launch has been given.
    int disk(LaunchId launch, Path path, boolean writable);
}
