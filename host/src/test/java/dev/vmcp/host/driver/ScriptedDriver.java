package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Script.Call;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import java.util.List;

/// A driver for tests of what stands on drivers: its VMMs live in memory, cost microseconds, and do
/// what a test tells them ([ScriptedProcesses], [ScriptedVmm], [Script]). It keeps the
/// [DriverContract] like the real ones.
public final class ScriptedDriver implements Driver {

    private final ScriptedProcesses machine;
    private final Script script;

    public ScriptedDriver(ScriptedProcesses machine, Script script) {
        this.machine = machine;
        this.script = script;
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public Probe probe() {
        return new Probe.Installed("/scripted", "1.0", "", List.of());
    }

    @Override
    public SpecCheck check(VmSpec spec) {
        return SpecCheck.FINE;
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        script.failure(Call.PREPARE)
                .ifPresent(failure -> {
                    throw failure;
                });
        return (reaction, deadline) -> boot(launch, reaction, deadline);
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        var vmm =
                machine.vmm(process.id())
                        .orElseThrow(() -> new DriverException(Kind.GONE, "the VMM has ended"));
        var live = new ScriptedLive(vmm, process, script, reaction);
        live.step(Call.ADOPT, deadline);
        if (vmm.taken()) {
            throw new DriverException(Kind.SILENT, "another session holds the VMM");
        }
        vmm.attach(live);
        return live;
    }

    private Live boot(Launch launch, Reaction reaction, Deadline deadline) {
        var vmm = machine.start(launch);
        var live = new ScriptedLive(vmm, new ScriptedProcess(vmm), script, reaction);
        try {
            live.step(Call.BOOT, deadline);
        } catch (DriverException e) {
            live.process().kill();
            throw e;
        }
        vmm.attach(live);
        return live;
    }
}
