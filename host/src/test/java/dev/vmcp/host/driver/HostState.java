package dev.vmcp.host.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What of a machine a VM may leave traces in, outside of directories of ours: mounts, control
/// groups, network namespaces and devices, listening sockets.
record HostState(
        Set<String> mounts, Set<String> groups, Set<String> networks, Set<String> sockets) {

    /// The part of it whose names contain one of `marks`; the machine has other users.
    static HostState now(List<String> marks) throws IOException {
        return new HostState(
                lines(Path.of("/proc/self/mountinfo"), marks),
                directories(Path.of("/sys/fs/cgroup"), marks),
                Stream.concat(
                                names(Path.of("/run/netns")).stream(),
                                names(Path.of("/sys/class/net")).stream())
                        .filter(name -> marked(name, marks))
                        .collect(Collectors.toSet()),
                lines(Path.of("/proc/net/unix"), marks));
    }

    boolean isEmpty() {
        return mounts.isEmpty() && groups.isEmpty() && networks.isEmpty() && sockets.isEmpty();
    }

    private static boolean marked(String name, List<String> marks) {
        return marks.stream().anyMatch(name::contains);
    }

    private static Set<String> lines(Path file, List<String> marks) throws IOException {
        try (var lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> marked(line, marks)).collect(Collectors.toSet());
        }
    }

    private static Set<String> names(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Set.of();
        }
        try (var all = Files.list(directory)) {
            return all.map(path -> path.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static Set<String> directories(Path top, List<String> marks) throws IOException {
        var found = new TreeSet<String>();
        if (Files.isDirectory(top)) {
            Files.walkFileTree(
                    top,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes attributes) {
                            if (marked(directory.toString(), marks)) {
                                found.add(directory.toString());
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException gone) {
                            return FileVisitResult.CONTINUE;
                        }
                    });
        }
        return found;
    }
}
