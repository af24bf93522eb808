package dev.vmcp.verify.crash;

import dev.vmcp.host.vmm.ControlGroups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// A machine within the machine: processes, mounts, terminals, control groups and a network that
/// nobody else has. Whatever is found there and was not there at first is the test's own or was
/// left behind; all of it goes with the test, however that ends. Takes root.
public final class OwnGround {

    private static final String INSIDE = "vmcp.verify.ground";
    private static final String GROUP = "vmcp-ground-";
    private static final int TAPS = 20;
    private static final String TAP = "crash";

    private static final List<String> NAMESPACES =
            List.of(
                    "unshare",
                    "--net",
                    "--mount",
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--propagation",
                    "private",
                    "--mount-proc");

    /// The shell stays as process 1, which buries what VMMs leave when their host is killed. Of
    /// each hierarchy of control groups, a fresh group hides the rest where one can be made.
    private static final String LAY =
            """
            set -e
            mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts
            mount -t tmpfs tmpfs /run
            mount -t tmpfs tmpfs /dev/shm
            ip link set lo up
            group=$1
            shift
            mounts=$(cat /proc/self/mounts)
            echo "$mounts" | while read -r _ place kind _; do
              case $kind in cgroup | cgroup2) ;; *) continue ;; esac
              (echo "+cpu +memory +pids" > "$place/cgroup.subtree_control") 2> /dev/null || :
              mkdir "$place/$group" 2> /dev/null && mount --bind "$place/$group" "$place"
            done || :
            i=0
            while [ $i -lt %d ]; do
              ip tuntap add dev %s$i mode tap
              i=$((i + 1))
            done
            "$@"
            exit $?
            """
                    .formatted(TAPS, TAP);

    private OwnGround() {}

    /// Whether this process stands on one.
    static boolean here() {
        return Boolean.getBoolean(INSIDE);
    }

    /// Whether one can be made.
    public static boolean possible() {
        if (!"root".equals(System.getProperty("user.name"))
                || !Files.isWritable(Path.of("/dev/net/tun"))) {
            return false;
        }
        try {
            var trial = new ArrayList<>(NAMESPACES);
            trial.addAll(List.of("ip", "link", "set", "lo", "up"));
            var process =
                    new ProcessBuilder(trial)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Runs a main class of this class path there and returns its exit status. Once this process
    /// has ended, by itself or because it was told to, nothing of the ground is left.
    static int run(Class<?> main, List<String> arguments) throws IOException, InterruptedException {
        var group = GROUP + ProcessHandle.current().pid();
        var process = new ProcessBuilder(command(group, main, arguments)).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> clear(process, group)));
        return process.waitFor();
    }

    private static List<String> command(String group, Class<?> main, List<String> arguments) {
        var command = new ArrayList<>(NAMESPACES);
        command.addAll(List.of("sh", "-c", LAY, "sh", group));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "-D" + INSIDE + "=true",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        command.addAll(arguments);
        return command;
    }

    /// Ends what still runs there, and removes its control groups once that has left them.
    private static void clear(Process process, String group) {
        process.destroyForcibly();
        for (var place : Machine.groupMounts().keySet()) {
            try {
                ControlGroup.remove(place.resolve(group));
            } catch (IOException e) {
                System.err.println("left behind: " + place.resolve(group) + ": " + e.getMessage());
            }
        }
    }

    /// Where its own control groups are; empty elsewhere, and where it could have none.
    static Set<Path> groups() {
        return Machine.groupMounts().entrySet().stream()
                .filter(mount -> mount.getValue().contains("/" + GROUP))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /// Whether a host can bound its VMMs by control groups that are seen from here.
    static boolean bounds() {
        var groups = ControlGroups.ofHost();
        return groups.lacking().isEmpty() && groups().containsAll(groups.mounts().values());
    }

    /// The TAP for the n-th VM of the test.
    static String tap(int n) {
        return TAP + n % TAPS;
    }
}
