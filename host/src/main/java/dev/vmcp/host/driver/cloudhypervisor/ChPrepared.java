package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import dev.vmcp.host.process.Terminals;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.LaunchFiles;
import dev.vmcp.host.vmm.VmmLog;
import dev.vmcp.host.vmm.VmmStart;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A Cloud Hypervisor that is ready to start.
///
/// @param first what its guest begins with
record ChPrepared(VmSpec spec, Launch launch, List<String> command, Beginning first, Room room)
        implements Prepared {

    /// What every launch of a driver uses.
    record Room(Processes processes, EventLoop loop, TapAccess taps, FileAccess files) {}

    /// Brings the guest of a VMM that listens to where its virtual CPUs run.
    @FunctionalInterface
    interface Beginning {
        void begin(ChApi api, Deadline deadline);
    }

    private static final Pattern COMPLAINT =
            Pattern.compile("^(cloud-hypervisor: .*(ERROR|panicked)\\S* (-- )?|error: |setpriv: )");

    @Override
    public Live boot(Reaction reaction, Deadline deadline) {
        LaunchFiles.start(launch);
        var events = openEvents();
        try {
            return boot(events, reaction, deadline);
        } catch (RuntimeException e) {
            events.close();
            throw e;
        }
    }

    private EventPipe openEvents() {
        try {
            return EventPipe.open(launch, room.loop());
        } catch (ProcessException e) {
            throw HostFault.of(e);
        }
    }

    private Live boot(EventPipe events, Reaction reaction, Deadline deadline) {
        var process = start(reaction);
        return startup(process).by(() -> begun(process, events, reaction, deadline));
    }

    private VmmStart startup(OsProcess process) {
        return new VmmStart("Cloud Hypervisor", process, () -> VmmLog.lastWords(launch, COMPLAINT));
    }

    private Live begun(OsProcess process, EventPipe events, Reaction reaction, Deadline deadline) {
        var api = new ChApi(launch, process);
        try {
            api.awaitListener(deadline);
            first.begin(api, deadline);
            api.hangUp();
            // It may answer faster than the deadline is looked at.
            if (deadline.passed()) {
                throw new DriverException(Kind.SILENT, "Cloud Hypervisor came up too late");
            }
            var held = new ChLive.Held(spec, launch, process, api, events);
            var live = new ChLive(held, room, reaction);
            live.listen(GuestState.RUNNING);
            return live;
        } catch (RuntimeException e) {
            api.close();
            throw e;
        }
    }

    /// The console is told of before the guest prints, and after the VMM has its side of it.
    private OsProcess start(Reaction reaction) {
        try (var terminal = Terminals.make()) {
            var port = ChConsole.note(launch, terminal);
            var process = room.processes().spawn(spawn(port, terminal));
            return startup(process)
                    .by(() -> {
                        reaction.serialAt(port);
                        return process;
                    });
        } catch (IOException | ProcessException e) {
            throw HostFault.of("cannot start Cloud Hypervisor", e);
        }
    }

    private Spawn spawn(SerialPort port, Terminals.Pair terminal) {
        return new Spawn(
                command,
                Map.of(),
                launch.directory(),
                launch.log(),
                List.of(terminal.master(), terminal.other()),
                Optional.of(port));
    }
}
