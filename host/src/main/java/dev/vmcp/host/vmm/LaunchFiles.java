package dev.vmcp.host.vmm;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Fifos;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Makes a launch directory ready for a VMM that runs as the launch's user.
public final class LaunchFiles {

    private static final String STARTED = "started";

    private LaunchFiles() {}

    /// Gives the directory to the user alone and makes the serial FIFOs in it.
    public static void lay(Launch launch) throws IOException {
        lay(launch, launch.uid());
    }

    /// As [#lay(Launch)], for a VMM that sees only a part of the directory: the whole is ours.
    public static void layOutsideOfJail(Launch launch) throws IOException {
        lay(launch, 0);
    }

    /// Marks a launch as started, once: a second VMM in its directory would take what is the first
    /// one's, its socket for one.
    ///
    /// @throws DriverException when it was started before
    public static void start(Launch launch) {
        var mark = launch.directory().resolve(STARTED);
        try {
            Files.createFile(mark);
        } catch (FileAlreadyExistsException e) {
            throw new DriverException(
                    Kind.HOST, launch.id() + " was started already: a launch is started once", e);
        } catch (IOException e) {
            throw new DriverException(Kind.HOST, "cannot mark " + launch.id() + ": " + e, e);
        }
    }

    private static void lay(Launch launch, int uid) throws IOException {
        Files.setPosixFilePermissions(
                launch.directory(), PosixFilePermissions.fromString("rwx------"));
        Fifos.make(launch.serialIn(), uid);
        Fifos.make(launch.serialOut(), uid);
        if (uid != 0) {
            Fifos.changeOwner(launch.directory(), uid, uid);
        }
    }

    /// A copy of a user's file that only the launch's user can read, under `name` in the directory.
    public static Path copy(Path file, String name, Launch launch) throws IOException {
        var copy = launch.directory().resolve(name);
        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r--------"));
        Fifos.changeOwner(copy, launch.uid(), launch.uid());
        return copy;
    }
}
