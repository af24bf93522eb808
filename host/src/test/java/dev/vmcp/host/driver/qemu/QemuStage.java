package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.HostTaps;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.DriverStage;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.LinuxProcesses;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.Spawn;
import dev.vmcp.host.vmm.Kvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/// The real QEMU with tiny guests that listen.
class QemuStage implements DriverStage {

    static final long MEMORY = 16 << 20;

    final Path kernel;
    final Map<String, String> environment = new HashMap<>(System.getenv());
    int uid;
    private final EventLoop loop = new EventLoop();
    private final LinuxProcesses processes = new LinuxProcesses(loop);
    private final Queue<OsProcess> started = new ConcurrentLinkedQueue<>();
    private final Path launches;
    private final Map<Launch, Serial> serials = new HashMap<>();
    private int count;

    QemuStage(Path directory) throws IOException {
        if (environment.getOrDefault(Accelerator.VARIABLE, "").isEmpty()) {
            environment.put(Accelerator.VARIABLE, Files.isWritable(Kvm.DEVICE) ? "kvm" : "tcg");
        }
        kernel = directory.resolve("tiny, with comma.elf");
        TinyGuest.writeTo(kernel);
        var data = Files.createDirectory(directory.toRealPath().resolve("data,1"));
        launches = Files.createDirectory(data.resolve("launches"));
        // The users of VMMs pass through, and see nothing.
        for (var passage : List.of(directory, data, launches)) {
            Files.setPosixFilePermissions(passage, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }

    @Override
    public Driver driver() {
        return new QemuDriver(new Remembering(processes, started), environment, new HostTaps());
    }

    @Override
    public Processes processes() {
        return processes;
    }

    @Override
    public List<Processes.Found> running() {
        return processes.scan(launches);
    }

    @Override
    public VmSpec spec() {
        return spec("vmcp.listen", Map.of(), List.of());
    }

    VmSpec spec(String arguments, Map<String, String> options, List<VmSpec.Disk> disks) {
        return new VmSpec(
                new VmSpec.Cpu(1, 0, Optional.empty(), Map.of()),
                new VmSpec.Memory(MEMORY, false, 0, Map.of()),
                new VmSpec.Boot(kernel.toString(), "", arguments, options),
                disks,
                List.of(),
                new VmSpec.Console(false, "", "", ""),
                Map.of());
    }

    @Override
    public Launch launch() {
        var id = new LaunchId("l-%024x".formatted(++count));
        try {
            var directory = Files.createDirectory(launches.resolve(id.value()));
            return new Launch(id, new VmId("vm-" + count), directory, uid);
        } catch (IOException e) {
            throw new IllegalStateException("launch: " + e, e);
        }
    }

    /// The console of a launch, from its first byte on.
    Serial serial(Launch launch) {
        return serials.computeIfAbsent(launch, Serial::new);
    }

    @Override
    public void awaitUp(Launch launch) throws Exception {
        serial(launch).awaitListener();
    }

    @Override
    public void act(Launch launch, Act act) {
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
        signal("-STOP", process.id().pid());
    }

    @Override
    public void thaw(OsProcess process) throws Exception {
        signal("-CONT", process.id().pid());
    }

    static void signal(String signal, long pid) throws Exception {
        var kill = new ProcessBuilder("kill", signal, Long.toString(pid)).start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IllegalStateException("kill " + signal + ": failed (expected: exit 0)");
        }
    }

    @Override
    public void close() {
        // Not by a scan, which is under test as well.
        for (var process : started) {
            process.kill();
        }
        serials.values().forEach(Serial::close);
        processes.close();
        loop.close();
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
    }
}
