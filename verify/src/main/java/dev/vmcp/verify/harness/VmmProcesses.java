package dev.vmcp.verify.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What `/proc` says of the VMMs of one host, read without any code of the host.
public final class VmmProcesses {

    /// A VMM in a jail is told its launch without the directory.
    private static final Pattern LAUNCH = Pattern.compile("(l-[0-9a-f]{24})");

    private VmmProcesses() {}

    /// The living processes that name a launch of the host with this data directory: pid to launch.
    public static SortedMap<Long, String> of(Path dataDirectory) {
        var launch =
                Pattern.compile(Pattern.quote(dataDirectory + "/launches/") + "(l-[0-9a-f]{24})");
        var found = new TreeMap<Long, String>();
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            entries.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
                    .forEach(entry -> {
                        var arguments = arguments(entry);
                        var match = launch.matcher(arguments);
                        if (!match.find()) {
                            match = LAUNCH.matcher(arguments);
                            if (!match.find() || !isOurs(match.group(1), dataDirectory)) {
                                return;
                            }
                        }
                        if (match.hasMatch() && !isZombie(entry)) {
                            found.put(Long.valueOf(entry.getFileName().toString()), match.group(1));
                        }
                    });
        } catch (IOException e) {
            throw new IllegalStateException("/proc cannot be read", e);
        }
        return found;
    }

    /// The start time of a living process in clock ticks since boot; empty when it is gone.
    public static Optional<Long> startTicks(long pid) {
        var fields = stat(Path.of("/proc", Long.toString(pid)));
        return fields.length < 20 || fields[0].equals("Z")
                ? Optional.empty()
                : Optional.of(Long.valueOf(fields[19]));
    }

    private static boolean isOurs(String launch, Path dataDirectory) {
        return Files.isDirectory(dataDirectory.resolve("launches").resolve(launch));
    }

    private static boolean isZombie(Path process) {
        var fields = stat(process);
        return fields.length == 0 || fields[0].equals("Z");
    }

    /// The fields after the name, which may hold blanks itself: the state is the first.
    private static String[] stat(Path process) {
        try {
            var line = Files.readString(process.resolve("stat"));
            return line.substring(line.lastIndexOf(')') + 2).strip().split(" ", -1);
        } catch (IOException _) {
            return new String[0];
        }
    }

    private static String arguments(Path process) {
        try {
            return new String(
                    Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return "";
        }
    }
}
