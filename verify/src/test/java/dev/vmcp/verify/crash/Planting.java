package dev.vmcp.verify.crash;

import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.network.Taps;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Terminals;
import dev.vmcp.host.vmm.Traces;
import dev.vmcp.platform.files.FileTrees;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Leaves one residue of each kind after the other, looks whether it is found, and takes it away.
/// Prints `<kind>: found` or what was said instead. Stands on a ground of its own.
final class Planting {

    static final String LAUNCH = "l-0123456789abcdef01234567";

    /// Takes away what was planted.
    @FunctionalInterface
    interface Undo {
        void run() throws Exception;
    }

    @FunctionalInterface
    interface Plant {
        Undo make() throws Exception;
    }

    private final Path directory;
    private final Path data;
    private final Path file;
    private final Residues residues;

    private Planting(Path directory) throws IOException {
        this.directory = directory;
        this.data = directory.resolve("data");
        this.file = Files.createFile(directory.resolve("disk"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        var files = new UsersFiles();
        files.add(file);
        for (var part : List.of("launches", "vms", "volumes", "snapshots")) {
            Files.createDirectories(data.resolve(part));
        }
        Files.createDirectory(directory.resolve("tmp"));
        this.residues = new Residues(directory, files, 20);
    }

    public static void main(String[] arguments) throws Exception {
        if (!OwnGround.here()) {
            System.exit(OwnGround.run(Planting.class, List.of()));
        }
        var directory = Files.createTempDirectory("vmcp-planting").toRealPath();
        var planting = new Planting(directory);
        planting.report("nothing", "", () -> () -> {});
        planting.files();
        planting.devices();
        planting.kernels();
        new PlantedGroups(planting, directory).plant();
        planting.users();
        planting.open();
        FileTrees.remove(directory);
        System.exit(0);
    }

    /// @param words what is to be said of it; empty for nothing at all
    void report(String kind, String words, Plant plant) throws Exception {
        report(kind, words, plant, Accounted.nothing());
    }

    void report(String kind, String words, Plant plant, Accounted accounted) throws Exception {
        var undo = plant.make();
        var found = residues.now(accounted);
        undo.run();
        var after = residues.beyond(Accounted.nothing());
        boolean right =
                words.isEmpty() ? found.isEmpty() : String.join("\n", found).contains(words);
        if (right && after.isEmpty()) {
            System.out.println(kind + ": found");
        } else {
            System.out.println(kind + ": said " + found + ", and afterwards " + after);
        }
    }

    private void files() throws Exception {
        for (var part : List.of("launches", "vms", "volumes", "snapshots")) {
            var stray = data.resolve(part).resolve(LAUNCH);
            report(
                    "directory in " + part,
                    part + ": " + LAUNCH,
                    () -> {
                        Files.createDirectory(stray);
                        return () -> Files.delete(stray);
                    });
        }
        var stray = data.resolve("stray");
        report(
                "file of the host",
                "data directory: stray",
                () -> {
                    Files.createFile(stray);
                    return () -> Files.delete(stray);
                });
        var temporary = directory.resolve("tmp/stray");
        report(
                "temporary file",
                "temporary directory: stray",
                () -> {
                    Files.createFile(temporary);
                    return () -> Files.delete(temporary);
                });
        var link = directory.resolve("second");
        report(
                "second name",
                "2 names",
                () -> {
                    Files.createLink(link, file);
                    return () -> Files.delete(link);
                });
        report(
                "mode",
                "mode 100644",
                () -> {
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString("rw-r--r--"));
                    return () ->
                            Files.setPosixFilePermissions(
                                    file, PosixFilePermissions.fromString("rw-------"));
                });
        report(
                "owner",
                "owner 77:0",
                () -> {
                    Files.setAttribute(file, "unix:uid", 77);
                    return () -> Files.setAttribute(file, "unix:uid", 0);
                });
        report("access list", "names users [4242]", this::lend);
        report("bind mount", "mounted: " + data.resolve("launches"), this::lend);
        report("manifest", "launches: " + LAUNCH + ".traces", this::lend);
    }

    /// What a launch that was never cleared up has left.
    private Undo lend() throws IOException {
        var launch = Files.createDirectory(data.resolve("launches").resolve(LAUNCH));
        var lent = launch.resolve("disk0");
        new Traces(launch).lend(file, lent, 4242, true);
        return () -> {
            Traces.undo(launch);
            Files.delete(lent);
            Files.delete(launch);
        };
    }

    private void devices() throws Exception {
        report(
                "network device",
                "network device stray",
                () -> {
                    run("ip", "tuntap", "add", "dev", "stray", "mode", "tap");
                    return () -> run("ip", "link", "del", "stray");
                });
        report(
                "network device that is gone",
                OwnGround.tap(3) + " is gone",
                () -> {
                    run("ip", "link", "del", OwnGround.tap(3));
                    return () -> run("ip", "tuntap", "add", "dev", OwnGround.tap(3), "mode", "tap");
                });
        report(
                "tap in use",
                "tap " + OwnGround.tap(2) + " is held by process",
                () -> {
                    int tap = Taps.open(OwnGround.tap(2));
                    return () -> Descriptors.close(tap);
                });
    }

    private void kernels() throws Exception {
        report(
                "network namespace",
                "1 times network namespace",
                () -> {
                    var process = start("unshare", "--net", "sleep", "60");
                    return () -> end(process);
                });
        var held = directory.resolve("held");
        report(
                "network namespace that is kept",
                "mounted: " + held,
                () -> {
                    Files.createFile(held);
                    run("mount", "--bind", "/proc/self/ns/net", held.toString());
                    return () -> {
                        run("umount", held.toString());
                        Files.delete(held);
                    };
                });
        report("terminal", "1 times terminal", () -> Terminals.make()::close);
        report(
                "socket",
                "1 times listening socket",
                () -> {
                    var name = Path.of("/run/stray.sock");
                    var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                    socket.bind(UnixDomainSocketAddress.of(name));
                    return () -> {
                        socket.close();
                        Files.delete(name);
                    };
                });
    }

    private void users() throws Exception {
        report(
                "process",
                "sleep 61",
                () -> {
                    var process = start("sleep", "61");
                    return () -> end(process);
                });
        var high = Integer.toString(Launch.FIRST_JAIL_USER + 20);
        report(
                "user",
                "user " + high + ", though lower ones are free",
                () -> {
                    var process = start("setpriv", "--reuid=" + high, "sleep", "62");
                    return () -> end(process);
                });
        var first = Integer.toString(Launch.FIRST_JAIL_USER);
        report(
                "user of two",
                "user " + first + " has another VMM, too",
                () -> {
                    var one = start("setpriv", "--reuid=" + first, "sleep", "63");
                    var other = start("setpriv", "--reuid=" + first, "sleep", "63");
                    return () -> {
                        end(one);
                        end(other);
                    };
                });
    }

    private void open() throws Exception {
        var log = data.resolve("launches/log");
        var process = start("sh", "-c", "exec 5>" + log + "; exec sleep 64");
        var found = residues.openIn(process.pid());
        end(process);
        Files.delete(log);
        System.out.println(
                "open file: "
                        + (String.join("", found).contains("keeps " + log) ? "found" : found));
    }

    /// Starts a program and waits until it has become what it turns into.
    private static Process start(String... command) throws IOException {
        var process = new ProcessBuilder(command).start();
        var end = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() < end && !isSleep(process.pid())) {
            Thread.onSpinWait();
        }
        return process;
    }

    private static boolean isSleep(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/comm")).strip().equals("sleep");
    }

    private static void end(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    static void run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(new ArrayList<>(List.of(command))).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + process.exitValue());
        }
    }
}
