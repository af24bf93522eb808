package dev.vmcp.host.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The data directory and the ports that a host wants.
///
/// @param entered whether VMMs enter the data directory as users of their own
public record LookAtPlaces(Path data, List<Integer> ports, boolean entered) implements Look {
    private static final String DIRECTORY = "data directory";
    private static final long LEAST_SPACE = 1L << 30;

    @Override
    public List<Finding> findings() {
        var found = new ArrayList<Finding>();
        var there = existing();
        found.add(directory(there));
        if (entered) {
            closed(there).ifPresent(found::add);
        }
        // Port 0 is any that is free.
        ports.stream().filter(port -> port != 0).forEach(port -> found.add(port(port)));
        return found;
    }

    /// The directory or, before it exists, the nearest one above.
    private Path existing() {
        var there = data.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    private Finding directory(Path there) {
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            return Finding.broken(
                    DIRECTORY,
                    data + " cannot be written",
                    "name another with --data-dir or VMCP_DATA_DIR, or: chown $(id -un) " + there);
        }
        try {
            var space = Files.getFileStore(there).getUsableSpace();
            var fact = data + " can be written, " + (space >> 20) + " MiB free";
            return space >= LEAST_SPACE
                    ? Finding.good(DIRECTORY, fact)
                    : Finding.limited(DIRECTORY, fact, "free some space");
        } catch (IOException e) {
            return Finding.limited(DIRECTORY, data + ": free space unknown", "");
        }
    }

    /// The first directory on the way that only its owner or group may enter, if there is one.
    private static Optional<Finding> closed(Path there) {
        return Stream.iterate(there, Objects::nonNull, Path::getParent)
                .filter(directory -> !enteredByAll(directory))
                .findFirst()
                .map(directory ->
                        Finding.limited(
                                DIRECTORY,
                                "VMs of a host that is root run as others, and these may not enter "
                                        + directory,
                                "chmod o+x " + directory));
    }

    private static boolean enteredByAll(Path directory) {
        try {
            return Files.getPosixFilePermissions(directory)
                    .contains(PosixFilePermission.OTHERS_EXECUTE);
        } catch (IOException e) {
            return true; // what cannot be looked at is not judged
        }
    }

    private static Finding port(int port) {
        var subject = "port " + port;
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return Finding.good(subject, "free");
        } catch (IOException e) {
            return Finding.limited(
                    subject,
                    "taken, maybe by a host that runs",
                    "see who has it: ss -ltnp sport = :" + port);
        }
    }
}
