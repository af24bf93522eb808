package dev.vmcp.verify.bench;

import dev.vmcp.platform.files.FileTrees;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The QEMU driver of libvirt, embedded in one `virsh` with a root directory of its own (driver URI
/// `qemu:///embed`): no daemon, no network, nothing of the machine's own libvirt. It is spared the
/// daemon's round trips, so it is a little faster here than for its users.
final class LibvirtPeer implements AutoCloseable {

    private static final String NAME = "peer";

    /// What libvirt does beyond the VMM is left out where it can be.
    private static final String SETTINGS =
            """
            stdio_handler = "file"
            security_driver = "none"
            user = "root"
            group = "root"
            cgroup_controllers = []
            namespaces = []
            remember_owner = 0
            dynamic_ownership = 0
            """;

    @SuppressWarnings("InlineFormatString") // a document is better read on its own
    private static final String DOMAIN =
            """
            <domain type='%s'>
              <name>%s</name><memory unit='MiB'>16</memory><vcpu>1</vcpu>
              <os><type arch='x86_64' machine='microvm'>hvm</type><kernel>%s</kernel></os>
              <devices>
                <controller type='usb' model='none'/><memballoon model='none'/>
                <serial type='file'><source path='%s'/><target port='0'/></serial>
              </devices>
            </domain>
            """;

    private final Path root;
    private final Process virsh;
    private final Writer in;
    private final BufferedReader out;

    /// @param root an empty directory
    LibvirtPeer(Path root, Path kernel, boolean kvm) throws IOException {
        this.root = root;
        Files.writeString(
                Files.createDirectories(root.resolve("etc")).resolve("qemu.conf"), SETTINGS);
        var output = root.resolve("serial.log");
        Files.writeString(
                root.resolve("domain.xml"),
                DOMAIN.formatted(kvm ? "kvm" : "qemu", NAME, kernel, output));
        virsh =
                // virsh keeps its words back in a pipe, unless told to say each line.
                new ProcessBuilder("stdbuf", "-oL", "virsh", "-c", "qemu:///embed?root=" + root)
                        .redirectErrorStream(true)
                        .start();
        in = virsh.outputWriter(StandardCharsets.UTF_8);
        out = virsh.inputReader(StandardCharsets.UTF_8);
    }

    /// Whether this machine has what it takes.
    static boolean installed() {
        var driver = "x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so";
        return Files.isExecutable(Path.of("/usr/bin/virsh"))
                && Stream.of("/usr/lib", "/usr/lib64")
                        .anyMatch(place -> Files.exists(Path.of(place, driver)));
    }

    /// Creates a domain, which ends when its virtual CPUs run, and destroys it; returns the time.
    long cycle() throws IOException {
        long began = System.nanoTime();
        ask("create " + root.resolve("domain.xml"), "created");
        ask("destroy " + NAME, "destroyed");
        return System.nanoTime() - began;
    }

    private void ask(String command, String expected) throws IOException {
        in.write(command + "\n");
        in.flush();
        for (var line = out.readLine(); line != null; line = out.readLine()) {
            if (line.contains("Domain '" + NAME + "' " + expected)) {
                return;
            }
            if (line.contains("error:")) {
                throw new IllegalStateException(
                        command + ": " + line + " (expected: " + expected + ")");
            }
        }
        throw new IllegalStateException(command + ": virsh ended (expected: " + expected + ")");
    }

    @Override
    public void close() throws IOException {
        in.close();
        try {
            if (!virsh.waitFor(10, TimeUnit.SECONDS)) {
                virsh.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var pid = root.resolve("run/qemu/" + NAME + ".pid");
        if (Files.exists(pid)) {
            ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
        FileTrees.remove(root);
    }
}
