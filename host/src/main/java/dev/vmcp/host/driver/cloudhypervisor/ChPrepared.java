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
import dev.vmcp.host.vmm.LaunchFiles;
import dev.vmcp.host.vmm.VmmLog;
import java.io.IOException;
import java.time.Duration;
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
    private static final Duration REAPING = Duration.ofSeconds(5);
    private static final Duration EXIT_SEEN = Duration.ofMillis(500);

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
            throw new DriverException(Kind.HOST, String.valueOf(e.getMessage()), e);
        }
    }

    private Live boot(EventPipe events, Reaction reaction, Deadline deadline) {
        var process = start(reaction);
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
        } catch (DriverException e) {
            api.close();
            throw end(process, e);
        } catch (RuntimeException e) {
            api.close();
            var _ = end(process, new DriverException(Kind.GONE, "", e));
            throw e;
        }
    }

    /// The console is told of before the guest prints, and after the VMM has its side of it.
    private OsProcess start(Reaction reaction) {
        try (var terminal = Terminals.make()) {
            var port = ChConsole.note(launch, terminal);
            var process = room.processes().spawn(spawn(port, terminal));
            try {
                reaction.serialAt(port);
            } catch (RuntimeException e) {
                var _ = end(process, new DriverException(Kind.HOST, "", e));
                throw e;
            }
            return process;
        } catch (IOException | ProcessException e) {
            throw new DriverException(
                    Kind.HOST, "cannot start Cloud Hypervisor: " + e.getMessage(), e);
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

    /// Ends the process for sure. What it said before an end of its own is the better reason.
    private DriverException end(OsProcess process, DriverException failure) {
        try (process) {
            var itself =
                    failure.kind() == Kind.GONE
                            ? process.await(Deadline.in(EXIT_SEEN))
                            : process.exit();
            process.kill();
            var _ = process.await(Deadline.in(REAPING));
            if (itself.isPresent()) {
                var words = VmmLog.lastWords(launch, COMPLAINT);
                var how = "Cloud Hypervisor ended while starting (" + itself.get().words() + ")";
                return words.isEmpty()
                        ? new DriverException(Kind.GONE, how, failure)
                        : new DriverException(Kind.REFUSED, words, failure);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.kill();
        }
        return failure;
    }
}
