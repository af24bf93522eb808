package dev.vmcp.host.doctor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Java, memory, TAP devices, cgroups and the tools that a host uses.
///
/// @param root `/`, or a directory that stands for it
public record LookAtSystem(Path root, Map<String, String> environment) implements Look {
    private static final long LEAST_MEMORY = 768L << 20;
    private static final int LEAST_JAVA = 25;

    @Override
    public List<Finding> findings() {
        return List.of(java(), memory(), hugePages(), tap(), cgroups(), setpriv());
    }

    private static Finding java() {
        var version = Runtime.version();
        var fact = version + " in " + System.getProperty("java.home");
        return version.feature() >= LEAST_JAVA
                ? Finding.good("java", fact)
                : Finding.broken("java", fact, "install a Java 25");
    }

    private Finding memory() {
        var available = memoryAvailable();
        var fact = (available >> 20) + " MiB available";
        return available >= LEAST_MEMORY
                ? Finding.good("memory", fact)
                : Finding.limited(
                        "memory", fact + ", less than one VM of 512 MiB needs", "free some");
    }

    private long memoryAvailable() {
        return meminfo("MemAvailable:") << 10;
    }

    private Finding hugePages() {
        long all = meminfo("HugePages_Total:");
        long free = meminfo("HugePages_Free:");
        return all > 0
                ? Finding.good(
                        "huge pages",
                        free + " of " + all + " free, " + meminfo("Hugepagesize:") + " KiB each")
                : Finding.limited(
                        "huge pages",
                        "none set aside: a VM that asks for them does not boot",
                        "sysctl vm.nr_hugepages=COUNT, where VMs shall have them");
    }

    /// A number of `/proc/meminfo`; 0 where it has none.
    private long meminfo(String key) {
        try (Stream<String> lines = Files.lines(root.resolve("proc/meminfo"))) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    private Finding tap() {
        var device = root.resolve("dev/net/tun");
        if (!Files.exists(device)) {
            return Finding.limited(
                    "tap", device + " does not exist: no VM gets a network", "modprobe tun");
        }
        try (var _ = FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return Finding.good("tap", device + " opens");
        } catch (IOException e) {
            return Finding.limited(
                    "tap",
                    device + " may not be opened by this user: no VM gets a network",
                    "run the host as root, or: ip tuntap add dev NAME mode tap user $(id -un)");
        }
    }

    private Finding cgroups() {
        if (Files.exists(root.resolve("sys/fs/cgroup/cgroup.controllers"))) {
            return Finding.good("cgroups", "version 2");
        }
        if (Files.isDirectory(root.resolve("sys/fs/cgroup/memory"))) {
            return Finding.good("cgroups", "version 1");
        }
        return Finding.limited(
                "cgroups",
                "none mounted: jailed Firecrackers have no limits of their own",
                "mount -t cgroup2 cgroup2 /sys/fs/cgroup");
    }

    private Finding setpriv() {
        var path = environment.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        for (var directory : path.split(":", -1)) {
            var program = Path.of(directory, "setpriv");
            if (directory.startsWith("/") && Files.isExecutable(program)) {
                return Finding.good("setpriv", program.toString());
            }
        }
        return Finding.limited(
                "setpriv",
                "not on PATH: a host that is root cannot give its VMMs a user of their own",
                "install util-linux");
    }
}
