package dev.vmcp.host.driver;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.FileWatch;
import dev.vmcp.host.process.LinuxProcesses;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import dev.vmcp.host.vmm.Traces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Real processes with tiny guests that listen. A subclass names the driver.
public abstract class TinyStage implements DriverStage {

    public static final long MEMORY = 16 << 20;

    /// What the driver gets as its environment; a subclass may add to it.
    protected final Map<String, String> environment = new HashMap<>(System.getenv());

    private final Path kernel;
    private final EventLoop loop = new EventLoop();
    private final LinuxProcesses processes = new LinuxProcesses(loop);
    private final Queue<OsProcess> started = new ConcurrentLinkedQueue<>();
    private final Path launches;
    private final Map<Launch, SerialPort> moved = new ConcurrentHashMap<>();
    private final Map<Launch, Serial> consoles = new HashMap<>();

    /// A jailed VMM is found by its launch's name alone, also one of another stage's.
    private final long own = new SecureRandom().nextLong();

    private int uid;
    private int count;

    /// @param directory empty; the stage lays out its files there
    /// @param names the names of the kernel file and of the data directory, odd ones where the VMM
    ///   allows
    protected TinyStage(Path directory, Names names) throws IOException {
        kernel = directory.resolve(names.kernel());
        TinyGuest.writeTo(kernel);
        var data = Files.createDirectory(directory.toRealPath().resolve(names.data()));
        launches = Files.createDirectory(data.resolve("launches"));
        // The users of VMMs pass through, and see nothing.
        for (var passage : List.of(directory, data, launches)) {
            Files.setPosixFilePermissions(passage, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }

    public record Names(String kernel, String data) {}

    /// For drivers that have descriptors watched.
    protected final EventLoop loop() {
        return loop;
    }

    /// A driver that starts its processes through `processes`.
    protected abstract Driver driver(Processes processes, Map<String, String> environment);

    @Override
    public final Driver driver() {
        return driver(new Remembering(processes, started), environment);
    }

    public final Path kernel() {
        return kernel;
    }

    /// Where the directories of launches are.
    public final Path launches() {
        return launches;
    }

    @Override
    public final Processes processes() {
        return processes;
    }

    @Override
    public List<Processes.Found> running() {
        return processes.scan(launches);
    }

    @Override
    public VmSpec spec() {
        return Specs.plain(kernel.toString(), "vmcp.listen", MEMORY);
    }

    @Override
    public final Launch launch() {
        var id = new LaunchId("l-%016x%08x".formatted(own, ++count));
        try {
            var directory = Files.createDirectory(launches.resolve(id.value()));
            return new Launch(id, new VmId("vm-" + count), directory, uid);
        } catch (IOException e) {
            throw new IllegalStateException("launch: " + e, e);
        }
    }

    @Override
    public void serialAt(Launch launch, SerialPort port) {
        moved.put(launch, port);
    }

    @Override
    public final Optional<Serial> console(Launch launch) {
        return Optional.of(serial(launch));
    }

    /// As [#console]; opened anew when the port has moved.
    public final Serial serial(Launch launch) {
        var place = moved.remove(launch);
        if (place != null) {
            var before = consoles.put(launch, new Serial(place));
            if (before != null) {
                before.close();
            }
        }
        return consoles.computeIfAbsent(
                launch, one -> new Serial(driver().serial(one).orElseThrow()));
    }

    @Override
    public void awaitUp(Launch launch) throws Exception {
        serial(launch).awaitListener();
    }

    @Override
    public void act(Launch launch, Act act) throws Exception {
        serial(launch).forget();
        serial(launch)
                .send(
                        switch (act) {
                            case POWER_OFF -> "P";
                            case RESTART -> "R";
                            case CRASH -> "C";
                        });
    }

    @Override
    public void freeze(OsProcess process) throws Exception {
        process.freeze();
        var proc = new Proc(process.id());
        Eventually.holds(
                "every thread stands",
                () ->
                        proc.threads().stream()
                                .allMatch(status -> status.contains("State:\tT (stopped)")));
    }

    @Override
    public void thaw(OsProcess process) {
        process.thaw();
    }

    @Override
    public Launch launchAs(int other) {
        uid = other;
        return launch();
    }

    @Override
    public void close() {
        // Not by a scan, which is under test as well.
        for (var process : started) {
            process.kill();
        }
        consoles.values().forEach(Serial::close);
        processes.close();
        loop.close();
        try (var all = Files.newDirectoryStream(launches())) {
            for (var launch : all) {
                Traces.undo(launch);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Knows what was started through it.
    private record Remembering(Processes processes, Queue<OsProcess> started) implements Processes {

        @Override
        public OsProcess spawn(Spawn what) {
            var process = processes.spawn(what);
            processes.adopt(process.id()).ifPresent(started::add);
            return process;
        }

        @Override
        public Optional<OsProcess> adopt(ProcessId id) {
            return processes.adopt(id);
        }

        @Override
        public List<Found> scan(Path launches) {
            return processes.scan(launches);
        }

        @Override
        public FileWatch watch(Path file, Runnable written) {
            return processes.watch(file, written);
        }
    }
}
