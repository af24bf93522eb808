package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the VMs of a host could leave on the machine: remembers them while they run, and looks for
/// what is there of them afterwards.
final class Remains {

    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    private final BenchHost host;
    private final SortedMap<Long, Optional<Long>> started = new TreeMap<>();
    private final Set<String> launches;

    /// Remembers what runs now.
    Remains(BenchHost host) {
        this.host = host;
        var running = VmmProcesses.of(host.data());
        running.keySet().forEach(pid -> started.put(pid, VmmProcesses.startTicks(pid)));
        launches = Set.copyOf(running.values());
    }

    /// How many VMMs ran.
    int running() {
        return started.size();
    }

    /// Reports what is there now, when nothing should be.
    ///
    /// @param disks the disks that the VMs used, which nobody else could open before
    void report(Report report, List<Path> disks) throws IOException {
        report.atMost("VMMs left", processes(), 0, "");
        for (var place : List.of("launches", "vms", "volumes", "snapshots")) {
            var directory = host.data().resolve(place);
            try (var left = Files.isDirectory(directory) ? Files.list(directory) : null) {
                report.atMost("left in " + place, left == null ? 0 : left.count(), 0, "");
            }
        }
        report.atMost("mounts left", mounts(), 0, "");
        report.atMost("control groups left", groups(), 0, "");
        report.atMost("disks that others may still open", open(disks), 0, "");
    }

    private long processes() {
        return started.entrySet().stream()
                .filter(vmm -> VmmProcesses.startTicks(vmm.getKey()).isPresent())
                .filter(vmm -> VmmProcesses.startTicks(vmm.getKey()).equals(vmm.getValue()))
                .count();
    }

    private long mounts() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.filter(line -> line.contains(host.directory().toString())).count();
        }
    }

    private int groups() throws IOException {
        var found = new int[1];
        Files.walkFileTree(
                GROUPS,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) {
                        found[0] += launches.contains(directory.getFileName().toString()) ? 1 : 0;
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) {
                        return FileVisitResult.CONTINUE;
                    }
                });
        return found[0];
    }

    /// An entry in a file's access list shows as its group's permissions.
    private static long open(List<Path> disks) {
        return disks.stream().filter(disk -> !permissions(disk).equals("rw-------")).count();
    }

    private static String permissions(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
