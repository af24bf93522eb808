package dev.vmcp.verify.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// A control group that bears the name of a launch.
record ControlGroup(Path path, String launch) {

    private static final Pattern LAUNCH = Pattern.compile("l-[0-9a-f]{24}");
    private static final long LEAVING = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(5);

    /// All below these places.
    static List<ControlGroup> below(Collection<Path> places) {
        var found = new ArrayList<ControlGroup>();
        places.stream()
                .sorted()
                .flatMap(place -> tree(place).stream())
                .forEach(path -> {
                    var launch = LAUNCH.matcher(String.valueOf(path.getFileName()));
                    if (launch.find()) {
                        found.add(new ControlGroup(path, launch.group()));
                    }
                });
        return found;
    }

    /// Whether a process is in it. Once it is gone, none is.
    boolean has(long pid) {
        try {
            return Files.readAllLines(path.resolve("cgroup.procs")).contains(Long.toString(pid));
        } catch (IOException _) {
            return false;
        }
    }

    /// Whether a process is in a group that bears the name of a launch.
    static boolean holds(long pid) {
        try {
            return LAUNCH.matcher(Files.readString(Path.of("/proc/" + pid + "/cgroup"))).find();
        } catch (IOException _) {
            return false;
        }
    }

    /// Removes a group and all below it, whatever they are called. A process leaves its group some
    /// moments after it was killed.
    static void remove(Path group) throws IOException {
        long end = System.nanoTime() + LEAVING;
        for (var each : tree(group).reversed()) {
            while (true) {
                try {
                    Files.deleteIfExists(each);
                    break;
                } catch (IOException e) {
                    if (System.nanoTime() - end > 0) {
                        throw e;
                    }
                    LockSupport.parkNanos(LOOK_AGAIN);
                }
            }
        }
    }

    /// Each group before those below it; none where there is none.
    private static List<Path> tree(Path place) {
        var found = new ArrayList<Path>();
        if (!Files.isDirectory(place)) {
            return found;
        }
        try {
            Files.walkFileTree(
                    place,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path directory, BasicFileAttributes attributes) {
                            found.add(directory);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException gone) {
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException("look at " + place, e);
        }
        return found;
    }
}
