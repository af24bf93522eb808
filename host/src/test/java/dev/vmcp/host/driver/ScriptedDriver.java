package dev.vmcp.host.driver;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.FileWatch;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// A driver whose VMMs live in memory and behave as their [Script] says, and at the same time the
/// [Processes] that they are. It outlives the host that uses it, as real VMMs do.
public final class ScriptedDriver implements Driver, Processes {

    public static final String NAME = "scripted";

    private static final String THIS_BOOT = "scripted-boot";

    private static final List<Capability> CLAIMS =
            Stream.concat(
                            EnumSet.range(CapabilityName.BOOT, CapabilityName.COUNTERS).stream(),
                            EnumSet.range(CapabilityName.RESIZE_VCPUS, CapabilityName.RESTORE)
                                    .stream())
                    .filter(name -> name != CapabilityName.VNC)
                    .map(Capability::supported)
                    .toList();

    /// The file that a snapshot is.
    static final String SAVED = "memory";

    /// The port sets no limit.
    private static final Duration PREPARING = Duration.ofMinutes(1);

    private final Map<VmId, Script> scripts = new ConcurrentHashMap<>();
    private final Map<Long, ScriptedVmm> vmms = new ConcurrentHashMap<>();
    private final Set<CapabilityName> lacking = ConcurrentHashMap.newKeySet();
    private final AtomicLong pids = new AtomicLong(1000);

    /// From now on it claims not to have these.
    public void lacks(CapabilityName... names) {
        lacking.addAll(List.of(names));
    }

    /// The script of a VM, made at first sight.
    public Script script(VmId vm) {
        return scripts.computeIfAbsent(vm, _ -> new Script());
    }

    /// Every VMM whose process lives.
    public List<ScriptedVmm> alive() {
        return vmms.values().stream().filter(ScriptedVmm::alive).toList();
    }

    /// The VMM of a launch, if it lives.
    public Optional<ScriptedVmm> of(LaunchId launch) {
        return alive().stream().filter(vmm -> vmm.launch().equals(launch)).findFirst();
    }

    /// A VMM that is just there.
    public ScriptedVmm started(LaunchId launch, VmId vm) {
        long pid = pids.incrementAndGet();
        var vmm = new ScriptedVmm(new ProcessId(pid, pid, THIS_BOOT), launch, script(vm));
        vmms.put(pid, vmm);
        return vmm;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        return new Probe.Installed("/usr/bin/scripted", "1.0", "", claims());
    }

    private List<Capability> claims() {
        return CLAIMS.stream()
                .map(one ->
                        lacking.contains(one.name())
                                ? Capability.unsupported(one.name(), "it was told to lack it")
                                : one)
                .toList();
    }

    @Override
    public SpecFindings check(VmSpec spec) {
        return SpecFindings.NONE;
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        if (!Files.isDirectory(launch.directory())) {
            throw new DriverException(DriverException.Kind.HOST, "no launch directory");
        }
        var script = script(launch.vm());
        pass(script, Act.PREPARE, Deadline.in(PREPARING));
        return (reaction, deadline) -> boot(spec, launch, "", reaction, deadline);
    }

    @Override
    public Optional<Restoring> restoring() {
        return Optional.of(this::restored);
    }

    private Prepared restored(VmSpec spec, Launch launch, List<Path> snapshots) {
        try {
            var files = new ArrayList<String>();
            for (var snapshot : snapshots) {
                files.add(Files.readString(snapshot.resolve(SAVED)));
            }
            var what = String.join(" on ", files);
            pass(script(launch.vm()), Act.PREPARE, Deadline.in(PREPARING));
            return (reaction, deadline) -> boot(spec, launch, what, reaction, deadline);
        } catch (IOException e) {
            throw new DriverException(DriverException.Kind.HOST, "no snapshot: " + e.getMessage());
        }
    }

    private Live boot(
            VmSpec spec, Launch launch, String restored, Reaction reaction, Deadline deadline) {
        var script = script(launch.vm());
        var vmm = started(launch.id(), launch.vm());
        vmm.devices().take(spec);
        vmm.devices().restored = restored;
        vmm.session(reaction);
        try {
            pass(script, Act.BOOT, deadline);
            return new ScriptedLive(vmm, vmm.handle(), reaction);
        } catch (DriverException e) {
            vmm.end(new dev.vmcp.host.process.Exit.Signal(9));
            throw e;
        }
    }

    private static void pass(Script script, Act act, Deadline deadline) {
        var mood = script.enter(act, deadline, () -> false);
        if (mood == Mood.REFUSES || mood == Mood.DIES) {
            throw ScriptedLive.failing(act, mood);
        }
    }

    @Override
    public Optional<SerialPort> serial(Launch launch) {
        return Optional.of(new SerialPort.Pipes(launch.serialIn(), launch.serialOut()));
    }

    @Override
    public Ended ended(Launch launch, Exit exit) {
        return vmms.values().stream()
                .filter(vmm -> vmm.launch().equals(launch.id()))
                .findFirst()
                .flatMap(ScriptedVmm::lastWord)
                .orElseGet(() -> Ended.unasked(launch, exit));
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        var vmm = vmms.get(process.id().pid());
        if (vmm == null || !vmm.alive()) {
            throw new DriverException(DriverException.Kind.GONE, "no such VMM");
        }
        pass(vmm.script(), Act.ADOPT, deadline);
        vmm.session(reaction);
        return new ScriptedLive(vmm, process, reaction);
    }

    @Override
    public OsProcess spawn(Spawn what) {
        throw new IllegalStateException("spawn: " + what.argv() + " (expected: never)");
    }

    @Override
    public Optional<OsProcess> adopt(ProcessId id) {
        return Optional.ofNullable(vmms.get(id.pid()))
                .filter(vmm -> vmm.id().equals(id) && vmm.alive())
                .map(ScriptedVmm::handle);
    }

    @Override
    public FileWatch watch(Path file, Runnable written) {
        return () -> {};
    }

    @Override
    public List<Found> scan(Path launches) {
        return alive().stream().map(vmm -> new Found(vmm.launch(), vmm.id())).toList();
    }
}
