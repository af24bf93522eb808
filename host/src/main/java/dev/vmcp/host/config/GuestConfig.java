package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Fault;
import dev.vmcp.platform.config.Kinds;
import dev.vmcp.platform.config.Setting;
import java.nio.file.Path;
import java.util.List;

/// What guests may have of this machine, and what becomes of them.
///
/// @param minMemoryBytes the smallest memory of a VM
/// @param allowedPaths the directories in which kernels, initrds and disks may lie
/// @param memoryRatio how much memory guests may have in all, as a part of the machine's
/// @param users the users that VMMs run as when we are root
/// @param consoleBytes how much console output of each VM is kept
/// @param stopOnExit whether a stop of the host stops the guests first
public record GuestConfig(
        long minMemoryBytes,
        List<Path> allowedPaths,
        double memoryRatio,
        UserRange users,
        int consoleBytes,
        boolean stopOnExit) {

    /// User ids `first` to `first + count - 1`, one for each slot.
    public record UserRange(int first, int count) {}

    private static final Setting<Long> MIN_MEMORY =
            Setting.of("guests.min-memory-bytes", Kinds.bytes(1 << 20, 1L << 40))
                    .withFlag("--min-memory-bytes")
                    .env("VMCP_MIN_MEMORY_BYTES")
                    .or("536870912")
                    .says("Smallest memory of a VM.");
    private static final Setting<List<Path>> ALLOWED_PATHS =
            Setting.of("guests.allowed-paths", Kinds.absolutePaths())
                    .withFlag("--allowed-paths")
                    .env("VMCP_ALLOWED_PATHS")
                    .or("/opt:/srv:/home:/mnt:/tmp:/var/lib:/var/tmp:/boot:/nix/store")
                    .says(
                            "Where kernels, initrds and disks may lie; block devices under `/dev` too.");
    private static final Setting<Double> MEMORY_RATIO =
            Setting.of("guests.memory-ratio", Kinds.ratio(0.01, 100))
                    .withFlag("--memory-ratio")
                    .env("VMCP_MEMORY_RATIO")
                    .or("1.0")
                    .says("Memory of all guests, as a part of the machine's; above 1 overcommits.");

    /// Above the range that systemd gives to containers (it ends at 0x6FFFFFFF) and below what
    /// signed 32-bit programs misread.
    private static final Setting<Integer> FIRST_USER =
            Setting.of("guests.uid-base", Kinds.whole(0, Integer.MAX_VALUE - 1))
                    .withFlag("--uid-base")
                    .env("VMCP_UID_BASE")
                    .or("1879048192")
                    .says("First of the user ids that VMMs run as when the host runs as root.");

    private static final Setting<Integer> USERS =
            Setting.of("guests.uid-count", Kinds.whole(1, 1 << 20))
                    .withFlag("--uid-count")
                    .env("VMCP_UID_COUNT")
                    .or("65536")
                    .says("How many such user ids there are; the most VMs of the host.");
    private static final Setting<Long> CONSOLE_BYTES =
            Setting.of("guests.console-bytes", Kinds.bytes(64 << 10, 1 << 30))
                    .withFlag("--console-bytes")
                    .env("VMCP_CONSOLE_BYTES")
                    .or("4MiB")
                    .says("Console output of each VM that is kept; the oldest goes first.");
    private static final Setting<Boolean> STOP_ON_EXIT =
            Setting.of("guests.stop-on-exit", Kinds.bool())
                    .withFlag("--stop-guests")
                    .env("VMCP_STOP_GUESTS")
                    .or("false")
                    .says("A stop of the host stops its guests first; else they run on.");

    static List<Setting<?>> settings() {
        return List.of(
                MIN_MEMORY,
                ALLOWED_PATHS,
                MEMORY_RATIO,
                FIRST_USER,
                USERS,
                CONSOLE_BYTES,
                STOP_ON_EXIT);
    }

    static GuestConfig from(Configuration configuration) {
        return new GuestConfig(
                configuration.get(MIN_MEMORY),
                configuration.get(ALLOWED_PATHS),
                configuration.get(MEMORY_RATIO),
                new UserRange(configuration.get(FIRST_USER), configuration.get(USERS)),
                Math.toIntExact(configuration.get(CONSOLE_BYTES)),
                configuration.get(STOP_ON_EXIT));
    }

    static List<Fault> faults(Configuration configuration) {
        var last = (long) configuration.get(FIRST_USER) + configuration.get(USERS);
        return last > Integer.MAX_VALUE
                ? List.of(configuration.fault(FIRST_USER, "base and count below 2147483647"))
                : List.of();
    }
}
