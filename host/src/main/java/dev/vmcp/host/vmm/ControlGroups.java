package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.process.Deadline;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/// The control groups of this host, and what of them bounds a VMM: its memory, CPU time and threads
/// by what its VM has, and some for itself.
///
/// @param unified whether it is their version 2
/// @param mounts where the groups of a controller are, by its name
public record ControlGroups(boolean unified, Map<String, Path> mounts) {

    private static final List<String> NEEDED = List.of("cpu", "memory", "pids");
    private static final Path UNIFIED = Path.of("sys/fs/cgroup");

    /// Beside a share of the guest's, for page tables and queues of its devices.
    private static final long OWN_MEMORY = 64L << 20;

    private static final int SHARE_OF_MEMORY = 64;
    private static final int OWN_THREADS = 32;
    private static final int PERIOD_MICROS = 100_000;

    private static final Duration LEAVING = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    public static ControlGroups ofHost() {
        return of(Path.of("/"));
    }

    /// @param root `/`, or a directory that stands for it
    static ControlGroups of(Path root) {
        try {
            var controllers = root.resolve(UNIFIED).resolve("cgroup.controllers");
            return Files.exists(controllers)
                    ? unified(controllers)
                    : new ControlGroups(false, mounted(root));
        } catch (IOException e) {
            return new ControlGroups(false, Map.of());
        }
    }

    private static ControlGroups unified(Path controllers) throws IOException {
        var found = new TreeMap<String, Path>();
        for (var name : Files.readString(controllers).strip().split(" ", -1)) {
            found.put(name, controllers.resolveSibling(""));
        }
        return new ControlGroups(true, found);
    }

    /// Version 1 has a mount for one controller or for some.
    private static Map<String, Path> mounted(Path root) throws IOException {
        var found = new TreeMap<String, Path>();
        for (var line : Files.readAllLines(root.resolve("proc/self/mounts"))) {
            var fields = line.split(" ", -1);
            if (fields.length > 3 && fields[2].equals("cgroup")) {
                for (var option : fields[3].split(",", -1)) {
                    if (NEEDED.contains(option)) {
                        found.putIfAbsent(option, root.resolve(fields[1].substring(1)));
                    }
                }
            }
        }
        return found;
    }

    /// The controllers that limits need and this host lacks.
    public List<String> lacking() {
        return NEEDED.stream().filter(name -> !mounts.containsKey(name)).toList();
    }

    /// The limits of a VM, as the names of the files of a control group and what they hold:
    /// `memory.max=83886080`.
    public List<String> limits(VmSpec spec) {
        var memory = spec.memory().bytes() + spec.memory().bytes() / SHARE_OF_MEMORY + OWN_MEMORY;
        var threads = spec.cpu().count() + OWN_THREADS;
        var micros = (spec.cpu().count() + 1L) * PERIOD_MICROS;
        return unified
                ? List.of(
                        "memory.max=" + memory,
                        "pids.max=" + threads,
                        "cpu.max=" + micros + " " + PERIOD_MICROS)
                : List.of(
                        "memory.limit_in_bytes=" + memory,
                        "pids.max=" + threads,
                        "cpu.cfs_period_us=" + PERIOD_MICROS,
                        "cpu.cfs_quota_us=" + micros);
    }

    /// Removes a group with the files in it; does nothing where there is none. A process leaves its
    /// group some moments after it is seen to have ended.
    ///
    /// @throws IOException when a process is still in it
    static void remove(Path group) throws IOException {
        var deadline = Deadline.in(LEAVING);
        var interrupted = Thread.interrupted();
        try {
            while (!removed(group, deadline)) {
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean removed(Path group, Deadline deadline) throws IOException {
        try {
            Files.deleteIfExists(group);
            return true;
        } catch (FileSystemException e) {
            if (deadline.passed()) {
                throw e;
            }
            return false;
        }
    }

    /// Where a group of this name is, below one named `parent`.
    public List<Path> directories(String parent, String name) {
        var all = new ArrayList<Path>();
        for (var controller : NEEDED) {
            var mount = mounts.get(controller);
            if (mount != null) {
                all.add(mount.resolve(parent).resolve(name).normalize());
            }
        }
        return all.stream().distinct().toList();
    }
}
