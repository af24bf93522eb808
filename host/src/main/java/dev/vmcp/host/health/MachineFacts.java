package dev.vmcp.host.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What the health document says of the machine, read from `/proc`.
///
/// @param cpuModel as `/proc/cpuinfo` has it
public record MachineFacts(String hostname, String cpuModel, int cores) {

    /// Memory in bytes, as `/proc/meminfo` has it.
    public record Memory(long total, long available) {
        long used() {
            return total - available;
        }

        double usedPercent() {
            return total == 0 ? 0 : Math.round(1000.0 * used() / total) / 10.0;
        }
    }

    /// Reads what does not change while we run.
    public static MachineFacts read() {
        return new MachineFacts(
                readHostname(),
                value("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors());
    }

    /// Reads what does.
    public static Memory memory() {
        return new Memory(kilobytes("MemTotal"), kilobytes("MemAvailable"));
    }

    /// How long the machine is up, in seconds; 0 if unknown.
    static long uptimeSeconds() {
        try {
            var text = Files.readString(Path.of("/proc/uptime"));
            return (long) Double.parseDouble(text.substring(0, text.indexOf(' ')));
        } catch (IOException | RuntimeException _) {
            return 0;
        }
    }

    private static long kilobytes(String key) {
        var value = value("/proc/meminfo", key).replaceAll("[^0-9]", "");
        return value.isEmpty() ? 0 : Long.parseLong(value) * 1024;
    }

    private static String value(String file, String key) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(key))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("");
        } catch (IOException _) {
            return "";
        }
    }

    private static String readHostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException _) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException _) {
                return "unknown";
            }
        }
    }
}
