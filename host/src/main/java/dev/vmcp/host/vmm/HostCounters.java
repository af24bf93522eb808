package dev.vmcp.host.vmm;

import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.OsProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the kernel counts of a VMM's process; see proc(5).
public final class HostCounters {

    /// Linux shows times to programs in hundredths of a second.
    private static final long TICK_MILLIS = 10;

    /// Bytes read and written, and the calls that did it.
    private static final List<String> IO = List.of("rchar", "wchar", "syscr", "syscw");

    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int START = 19;
    private static final int RESIDENT = 21;
    private static final long PAGE_BYTES = 4096; // on every x86-64

    private HostCounters() {}

    public static Counters of(
            OsProcess process, Counters.Network network, Counters.Storage storage) {
        var proc = Path.of("/proc/" + process.id().pid());
        try {
            var line = Files.readString(proc.resolve("stat"));
            // The name before the last parenthesis may hold anything.
            var stat = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            var ticks = Long.parseLong(stat[UTIME]) + Long.parseLong(stat[STIME]);
            var counters =
                    new Counters(
                            ticks * TICK_MILLIS,
                            Long.parseLong(stat[RESIDENT]) * PAGE_BYTES,
                            uptimeMillis() - Long.parseLong(stat[START]) * TICK_MILLIS,
                            network,
                            storage);
            if (process.exit().isEmpty()) {
                return counters;
            }
        } catch (IOException | RuntimeException e) {
            throw new DriverException(Kind.GONE, "the VMM's process cannot be read", e);
        }
        throw new DriverException(Kind.GONE, "the VMM has ended");
    }

    /// What a VMM that does its guest's reading and writing by system calls has read and written,
    /// its console and its log included: little more than its guest did.
    public static Counters.Storage storage(OsProcess process) {
        long[] counts = new long[IO.size()];
        try {
            for (var line : Files.readAllLines(Path.of("/proc/" + process.id().pid() + "/io"))) {
                var colon = line.indexOf(':');
                var at = IO.indexOf(line.substring(0, Math.max(0, colon)));
                if (at >= 0) {
                    counts[at] = Long.parseLong(line.substring(colon + 1).strip());
                }
            }
        } catch (IOException | NumberFormatException e) {
            throw new DriverException(Kind.GONE, "the VMM's process cannot be read", e);
        }
        return new Counters.Storage(counts[0], counts[1], counts[2], counts[3]);
    }

    private static long uptimeMillis() throws IOException {
        var seconds = Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0];
        return (long) (Double.parseDouble(seconds) * 1000);
    }
}
