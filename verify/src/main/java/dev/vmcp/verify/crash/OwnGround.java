package dev.vmcp.verify.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A machine within the machine: processes, mounts, terminals and a network that nobody else has.
/// Whatever is found there and was not there at first is the test's own or was left behind; all of
/// it goes with the test, however that ends. Takes root.
public final class OwnGround {

    private static final String INSIDE = "vmcp.verify.ground";
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

    /// The shell stays as process 1, which buries what VMMs leave when their host is killed.
    private static final String LAY =
            """
            set -e
            mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts
            mount -t tmpfs tmpfs /run
            mount -t tmpfs tmpfs /dev/shm
            ip link set lo up
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

    /// What runs a main class of this class path there.
    public static List<String> command(Class<?> main, List<String> arguments) {
        var command = new ArrayList<>(NAMESPACES);
        command.addAll(List.of("sh", "-c", LAY, "sh"));
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

    /// The TAP for the n-th VM of the test.
    static String tap(int n) {
        return TAP + n % TAPS;
    }
}
