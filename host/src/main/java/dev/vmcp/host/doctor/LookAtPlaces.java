package dev.vmcp.host.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The data directory and the ports that a host wants.
public record LookAtPlaces(Path data, List<Integer> ports) implements Look {
    private static final long LEAST_SPACE = 1L << 30;

    @Override
    public List<Finding> findings() {
        var found = new ArrayList<Finding>();
        found.add(directory());
        // Port 0 is any that is free.
        ports.stream().filter(port -> port != 0).forEach(port -> found.add(port(port)));
        return found;
    }

    /// Looks at the directory or, before it exists, at the nearest one above.
    private Finding directory() {
        var there = data.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        var subject = "data directory";
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            return Finding.broken(
                    subject,
                    data + " cannot be written",
                    "name another with --data-dir or VMCP_DATA_DIR, or: chown $(id -un) " + there);
        }
        try {
            var space = Files.getFileStore(there).getUsableSpace();
            var fact = data + " can be written, " + (space >> 20) + " MiB free";
            return space >= LEAST_SPACE
                    ? Finding.good(subject, fact)
                    : Finding.limited(subject, fact, "free some space");
        } catch (IOException e) {
            return Finding.limited(subject, data + ": free space unknown", "");
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
