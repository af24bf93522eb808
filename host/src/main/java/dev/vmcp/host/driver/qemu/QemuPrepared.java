package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.Spawn;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.LaunchFiles;
import dev.vmcp.host.vmm.VmmLog;
import dev.vmcp.host.vmm.VmmStart;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A QEMU that is ready to start: its arguments, and the files that it will get open.
///
/// @param restored whether it reads a guest's state first
record QemuPrepared(
        VmSpec spec,
        Launch launch,
        List<String> command,
        boolean restored,
        Handover handover,
        Processes processes,
        TapAccess taps)
        implements Prepared {

    private static final Pattern COMPLAINT = Pattern.compile("^(\\S+Z )?\\S*(qemu\\S*|setpriv): ");

    /// The guest starts with QEMU rather than by a command: it does not wait for us.
    @Override
    public Live boot(Reaction reaction, Deadline deadline) {
        LaunchFiles.start(launch);
        var process = start();
        return new VmmStart("QEMU", process, () -> VmmLog.lastWords(launch, COMPLAINT))
                .by(() -> {
                    var guest = new QemuLive.Guest(spec, launch, handover.files());
                    var live = QemuLive.connect(guest, process, taps, reaction, deadline);
                    if (restored) {
                        live.restored(deadline);
                    }
                    return live;
                });
    }

    private OsProcess start() {
        List<Integer> descriptors = List.of();
        try {
            descriptors = handover.open(taps);
            return processes.spawn(
                    new Spawn(command, Map.of(), launch.directory(), launch.log(), descriptors));
        } catch (ProcessException e) {
            throw HostFault.of("cannot start QEMU", e);
        } finally {
            Handover.close(descriptors);
        }
    }
}
