package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Fifos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Makes a launch directory ready for a VMM that runs as the launch's user.
final class LaunchFiles {

    private LaunchFiles() {}

    /// Gives the directory to the user alone and makes the serial FIFOs in it.
    static void lay(Launch launch) throws IOException {
        Files.setPosixFilePermissions(
                launch.directory(), PosixFilePermissions.fromString("rwx------"));
        Fifos.make(launch.serialIn(), launch.uid());
        Fifos.make(launch.serialOut(), launch.uid());
        if (launch.uid() != 0) {
            Fifos.changeOwner(launch.directory(), launch.uid(), launch.uid());
        }
    }

    /// Where QEMU can read a file that it opens by itself: the descriptor that it is handed, or a
    /// copy of its own when the file's permissions keep its user out.
    static String readable(Path file, String name, Launch launch, Handover handover)
            throws IOException {
        if (launch.uid() == 0 || Privileges.readableByAll(file)) {
            return "/proc/self/fd/" + handover.file(file, false);
        }
        var copy = launch.directory().resolve(name);
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r--------"));
        Fifos.changeOwner(copy, launch.uid(), launch.uid());
        return copy.toString();
    }
}
