package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.LaunchFiles;
import dev.vmcp.host.vmm.VmmStart;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Firecracker that is ready to start, and the requests that make its guest run.
record FirecrackerPrepared(
        VmSpec spec,
        Quarters quarters,
        List<String> command,
        List<Configuration.Step> steps,
        Processes processes,
        TapAccess taps)
        implements Prepared {

    @Override
    public Live boot(Reaction reaction, Deadline deadline) {
        LaunchFiles.start(quarters.launch());
        var process = start();
        return new VmmStart(
                        "Firecracker", process, () -> FirecrackerLog.complaint(quarters.launch()))
                .by(() -> configured(process, deadline));
    }

    private Live configured(OsProcess process, Deadline deadline) {
        var live = FirecrackerLive.of(spec, quarters, process, taps);
        try {
            live.api().awaitListener(deadline);
            for (var step : steps) {
                live.api().put(step.path(), step.body(), deadline);
            }
            live.api().hangUp();
            return live;
        } catch (RuntimeException e) {
            live.close();
            throw e;
        }
    }

    private OsProcess start() {
        var launch = quarters.launch();
        var serial = new SerialPort.Pipes(launch.serialIn(), launch.serialOut());
        try {
            return processes.spawn(
                    new Spawn(
                            command,
                            Map.of(),
                            launch.directory(),
                            launch.log(),
                            List.of(),
                            Optional.of(serial)));
        } catch (ProcessException e) {
            throw HostFault.of("cannot start Firecracker", e);
        }
    }
}
