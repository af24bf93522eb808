package dev.vmcp.verify.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the kernel says there is, read without any code of the host.
final class Machine {

    /// @param uid whom it runs as
    /// @param network the inode of its network namespace
    record Running(long pid, String command, int uid, String network) {}

    private static final Path PROCESSES = Path.of("/proc");
    private static final Path TERMINALS = Path.of("/dev/pts");
    private static final String LISTENING = "00010000";
    private static final int LONGEST_COMMAND = 120;

    private Machine() {}

    /// All that live, by pid; zombies are gone.
    static SortedMap<Long, Running> processes() {
        var found = new TreeMap<Long, Running>();
        for (var entry : entries(PROCESSES)) {
            var name = entry.getFileName().toString();
            if (!name.matches("[0-9]+")) {
                continue;
            }
            try {
                var pid = Long.parseLong(name);
                var status = Files.readString(entry.resolve("status"));
                if (!status.contains("\nState:\tZ")) {
                    var uid = Integer.parseUnsignedInt(field(status, "Uid:"));
                    var network = Files.readSymbolicLink(entry.resolve("ns/net")).toString();
                    found.put(pid, new Running(pid, command(entry), uid, network));
                }
            } catch (IOException _) {
                // It ended meanwhile.
            }
        }
        return found;
    }

    private static String field(String status, String name) {
        var start = status.indexOf("\n" + name) + name.length() + 1;
        return status.substring(start).strip().split("\\s", 2)[0];
    }

    private static String command(Path process) throws IOException {
        var words =
                new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8)
                        .replace('\0', ' ')
                        .strip();
        return words.substring(0, Math.min(LONGEST_COMMAND, words.length()));
    }

    /// Where something is mounted and what, each as `place (kind source)`.
    static List<String> mounts() {
        return lines("/proc/self/mountinfo").stream()
                .map(line -> {
                    var fields = line.split(" ", -1);
                    var kind = line.substring(line.indexOf(" - ") + 3).split(" ", -1);
                    return fields[4] + " (" + kind[0] + " " + fields[3] + ")";
                })
                .toList();
    }

    static SortedSet<String> networkDevices() {
        var names = new TreeSet<String>();
        for (var line : lines("/proc/self/net/dev")) {
            var colon = line.indexOf(':');
            if (colon > 0) {
                names.add(line.substring(0, colon).strip());
            }
        }
        return names;
    }

    /// The unix sockets of this network namespace that have a name and are listened on.
    static List<String> listeners() {
        return lines("/proc/self/net/unix").stream()
                .map(line -> line.strip().split("\\s+", 8))
                .filter(fields -> fields.length == 8 && fields[3].equals(LISTENING))
                .map(fields -> fields[7])
                .toList();
    }

    static SortedSet<String> terminals() {
        var names = new TreeSet<String>();
        entries(TERMINALS).forEach(entry -> names.add(entry.getFileName().toString()));
        names.remove("ptmx");
        return names;
    }

    /// Where control groups are mounted, and which group is on top there.
    static Map<Path, String> groupMounts() {
        var found = new TreeMap<Path, String>();
        for (var line : lines("/proc/self/mountinfo")) {
            var fields = line.split(" ", -1);
            if (line.contains(" - cgroup")) {
                // The last one covers those before it.
                found.put(Path.of(fields[4]), fields[3]);
            }
        }
        return found;
    }

    /// What a process has open, as the kernel names it; a TAP by its name: `tap crash0`.
    static List<String> open(long pid) {
        var found = new ArrayList<String>();
        for (var descriptor : entries(PROCESSES.resolve(pid + "/fd"))) {
            try {
                var name = Files.readSymbolicLink(descriptor).toString();
                found.add(name.equals("/dev/net/tun") ? tap(pid, descriptor) : name);
            } catch (IOException _) {
                // Closed meanwhile.
            }
        }
        return found;
    }

    private static String tap(long pid, Path descriptor) throws IOException {
        var info = Path.of("/proc/" + pid + "/fdinfo/" + descriptor.getFileName());
        for (var line : Files.readAllLines(info)) {
            if (line.startsWith("iff:")) {
                return "tap " + line.substring(4).strip();
            }
        }
        return "tap";
    }

    /// The names in a directory; none where there is none.
    static SortedSet<String> names(Path directory) {
        var names = new TreeSet<String>();
        entries(directory).forEach(entry -> names.add(entry.getFileName().toString()));
        return names;
    }

    private static List<Path> entries(Path directory) {
        var all = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(directory)) {
            entries.forEach(all::add);
        } catch (IOException | DirectoryIteratorException _) {
            return all;
        }
        return all;
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file, e);
        }
    }
}
