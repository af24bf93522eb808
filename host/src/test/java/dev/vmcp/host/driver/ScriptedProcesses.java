package dev.vmcp.host.driver;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.Spawn;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The machine under a [ScriptedDriver]: VMMs that exist in memory only and, like real ones,
/// outlive whoever started them. Share one between the drivers of several lives of ours.
public final class ScriptedProcesses implements Processes {

    static final String BOOT = "scripted-boot";

    private final Map<Long, ScriptedVmm> vmms = new ConcurrentHashMap<>();
    private final AtomicLong pids = new AtomicLong(1L << 40);

    /// Starts a VMM for a launch; the guest runs.
    ScriptedVmm start(Launch launch) {
        var pid = pids.incrementAndGet();
        var vmm = new ScriptedVmm(new ProcessId(pid, pid, BOOT), launch);
        vmms.put(pid, vmm);
        return vmm;
    }

    /// The VMM of a process that lives.
    Optional<ScriptedVmm> vmm(ProcessId id) {
        return Optional.ofNullable(vmms.get(id.pid()))
                .filter(vmm -> vmm.id().equals(id) && vmm.exit().isEmpty());
    }

    /// The living VMM of a launch.
    public Optional<ScriptedVmm> vmm(LaunchId launch) {
        return living().stream().filter(vmm -> vmm.launch().id().equals(launch)).findAny();
    }

    public List<ScriptedVmm> living() {
        vmms.values().removeIf(vmm -> vmm.exit().isPresent());
        return List.copyOf(vmms.values());
    }

    @Override
    public OsProcess spawn(Spawn what) {
        throw new IllegalStateException("spawn: " + what.argv() + " (expected: drivers only)");
    }

    @Override
    public Optional<OsProcess> adopt(ProcessId id) {
        return vmm(id).map(ScriptedProcess::new);
    }

    @Override
    public List<Found> scan(Path launches) {
        return living().stream()
                .filter(vmm -> launches.equals(vmm.launch().directory().getParent()))
                .map(vmm -> new Found(vmm.launch().id(), vmm.id()))
                .toList();
    }
}
