package dev.vmcp.verify.e2e;

import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;

/// Makes VMMs fail: by signals, by a QEMU that goes wrong while it starts, by a monitor that
/// somebody else holds.
final class Faults {

    /// What a launch of a VM comes to while a file `<vm>.<word>` lies beside [#program].
    enum Start {
        KILLED,
        FROZEN,
        /// It prints thirty-two megabytes first.
        LOUD,
        /// Its monitor takes connections and never says a word; the guest runs.
        DEAF;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final Duration SOON = Duration.ofSeconds(30);

    private static final String PROGRAM =
            """
            #!/bin/sh
            for word in "$@"; do
                case $word in guest=*) vm=${word#guest=}; vm=${vm%%,*} ;; esac
            done
            [ -e "PLACE/$vm.killed" ] && kill -KILL $$
            [ -e "PLACE/$vm.frozen" ] && kill -STOP $$
            [ -e "PLACE/$vm.loud" ] && HEAD -c 33554432 /dev/zero
            if [ -e "PLACE/$vm.deaf" ]; then
                count=$#
                while [ "$count" -gt 0 ]; do
                    word=$1; shift; count=$((count - 1))
                    [ "$word" = chardev=qmp,mode=control ] && word=chardev=away,mode=control
                    set -- "$@" "$word"
                done
                set -- "$@" -chardev null,id=away
            fi
            exec QEMU "$@"
            """;

    private Faults() {}

    /// A QEMU that goes wrong when told, for `VMCP_QEMU`.
    static Path program(Path directory) throws IOException {
        var qemu = Command.find("qemu-system-x86_64").orElseThrow();
        var head = Command.find("head").orElseThrow();
        var file = directory.resolve("faulty-qemu");
        Files.writeString(
                file,
                PROGRAM.replace("PLACE", directory.toString())
                        .replace("QEMU", qemu)
                        .replace("HEAD", head));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    /// From now on each launch of the VM goes wrong.
    static void set(Path directory, String vm, Start start) {
        try {
            Files.createFile(file(directory, vm, start));
        } catch (IOException e) {
            throw new IllegalStateException("set a fault", e);
        }
    }

    static void clear(Path directory, String vm) {
        try {
            for (var start : Start.values()) {
                Files.deleteIfExists(file(directory, vm, start));
            }
        } catch (IOException e) {
            throw new IllegalStateException("clear a fault", e);
        }
    }

    private static Path file(Path directory, String vm, Start start) {
        return directory.resolve(vm + "." + start.word());
    }

    static void signal(long pid, String name) {
        var _ = Command.run("kill", "-" + name, Long.toString(pid));
    }

    /// Lets all VMMs of a host go on.
    static void thawAll(Path data) {
        VmmProcesses.of(data).keySet().forEach(pid -> signal(pid, "CONT"));
    }

    /// The only VMM of a host whose process is stopped, once there is one.
    static long awaitFrozen(Path data) {
        return Await.value(
                "a VMM that is stopped",
                SOON,
                () -> VmmProcesses.of(data).keySet().stream().filter(Faults::frozen).findFirst());
    }

    private static boolean frozen(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        } catch (IOException _) {
            return false;
        }
    }

    static boolean gone(long pid) {
        return VmmProcesses.startTicks(pid).isEmpty();
    }

    /// Takes the monitor of a QEMU for itself: returns once QEMU speaks to us, and so to nobody
    /// else until the channel is closed.
    static SocketChannel holdMonitor(long pid) {
        var channel = Await.value("the monitor of " + pid, SOON, () -> dial(pid));
        try {
            if (!hear(channel).contains("QMP")) {
                throw new IllegalStateException("monitor of " + pid + ": no greeting");
            }
            return channel;
        } catch (IOException e) {
            throw new IllegalStateException("monitor of " + pid, e);
        }
    }

    /// A connection to the monitor, greeted or not.
    private static Optional<SocketChannel> dial(long pid) {
        try {
            return Optional.of(connect(pid));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    static SocketChannel connect(long pid) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of("/proc/" + pid + "/cwd/qmp.sock"));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /// What the monitor says next; waits only where the channel blocks.
    static String hear(SocketChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(4096);
        var _ = channel.read(bytes);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    /// Gives the monitor a command and waits for what it says.
    static String say(SocketChannel channel, String command) throws IOException {
        var bytes = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            var _ = channel.write(bytes);
        }
        return hear(channel);
    }
}
