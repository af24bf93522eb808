package dev.vmcp.verify.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.LinuxProcesses;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import dev.vmcp.host.vmm.SearchPath;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Firecracker as a host of ours starts it, executed and configured one after the other with
/// nothing around it.
final class RawFirecracker implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long LOOK_AGAIN = TimeUnit.MICROSECONDS.toNanos(100);
    private static final int JAILED_USER = 61_000;

    private final Path directory;
    private final Path kernel;
    private final boolean jailed;
    private final EventLoop loop = new EventLoop();
    private final LinuxProcesses processes = new LinuxProcesses(loop);
    private final List<OsProcess> running = new ArrayList<>();
    private int number;

    RawFirecracker(BenchHost host, boolean jailed) throws IOException {
        this.directory = Files.createDirectories(host.directory().resolve("raw"));
        this.kernel = host.kernel();
        this.jailed = jailed;
        processes.warmUp();
    }

    /// Starts a guest; returns once Firecracker says that it runs.
    void start() throws IOException {
        var place = Files.createDirectories(directory.resolve("r" + number));
        Fifos.make(place.resolve("in"), 0);
        Fifos.make(place.resolve("out"), 0);
        var id = "r" + number++;
        var root = jailed ? place.resolve("firecracker").resolve(id).resolve("root") : place;
        var socket = jailed ? root.resolve("run/a") : root.resolve("a");
        if (jailed) {
            Files.createDirectories(root);
            Files.copy(kernel, root.resolve("kernel"));
        }
        var serial = new SerialPort.Pipes(place.resolve("in"), place.resolve("out"));
        var spawn =
                new Spawn(
                        command(place, id),
                        Map.of(),
                        place,
                        place.resolve("log"),
                        List.of(),
                        Optional.of(serial));
        running.add(processes.spawn(spawn));
        try (var api = dial(socket, place)) {
            var path = jailed ? "/kernel" : kernel.toString();
            put(api, "/machine-config", "{\"vcpu_count\":1,\"mem_size_mib\":16}");
            put(api, "/boot-source", "{\"kernel_image_path\":\"" + path + "\"}");
            put(api, "/actions", "{\"action_type\":\"InstanceStart\"}");
        }
    }

    private List<String> command(Path place, String id) {
        var firecracker = program("firecracker");
        if (!jailed) {
            return List.of(firecracker, "--api-sock", "a", "--id", id);
        }
        var user = Integer.toString(JAILED_USER);
        return List.of(
                program("jailer"),
                "--id",
                id,
                "--exec-file",
                firecracker,
                "--uid",
                user,
                "--gid",
                user,
                "--chroot-base-dir",
                place.toString(),
                "--cgroup-version",
                "1",
                "--",
                "--api-sock",
                "/run/a");
    }

    private static String program(String name) {
        return SearchPath.find(name, System.getenv())
                .orElseThrow(() ->
                        new IllegalStateException(name + ": not on PATH (expected: installed)"))
                .toString();
    }

    private static SocketChannel dial(Path socket, Path place) throws IOException {
        var deadline = Deadline.in(LIMIT);
        while (true) {
            try {
                return SocketChannel.open(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                if (deadline.passed()) {
                    throw new IOException(Files.readString(place.resolve("log")), e);
                }
                LockSupport.parkNanos(LOOK_AGAIN);
            }
        }
    }

    private static void put(SocketChannel api, String path, String body) throws IOException {
        var head =
                "PUT %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
                        .formatted(path, body.length());
        api.write(ByteBuffer.wrap((head + body).getBytes(US_ASCII)));
        var answer = ByteBuffer.allocate(4096);
        api.read(answer);
        var said = new String(answer.array(), 0, answer.position(), US_ASCII);
        if (!said.startsWith("HTTP/1.1 204")) {
            throw new IOException(path + ": " + said);
        }
    }

    /// Kills all and waits for their ends.
    void end() throws InterruptedException {
        running.forEach(OsProcess::kill);
        for (var process : running) {
            var _ = process.await(Deadline.in(LIMIT));
            process.close();
        }
        running.clear();
    }

    @Override
    public void close() {
        try {
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        processes.close();
        loop.close();
    }
}
