package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.vmm.AttachableDriver;
import dev.vmcp.host.vmm.AttachedSocket;
import java.time.Duration;
import java.util.Optional;

/// A Firecracker that somebody else started: it boots once, and ends with its guest, which can only
/// be asked to.
public final class AttachedFirecracker implements AttachableDriver.Attached {

    private static final Duration TO_LOOK = Duration.ofSeconds(5);

    private static final String ENDS_ONCE =
            "a Firecracker ends with its guest, and vmcp did not start this one: start it again at"
                    + " its socket, then boot";

    private static final String NO_FORCE =
            "Firecracker has no way to end a guest by force but to end its process, which vmcp did"
                    + " not start: end it where it was started";

    private static final String ELSEWHERE =
            "the serial port of an attached Firecracker is on the standard output of whoever"
                    + " started it";

    private final AttachedSocket socket;
    private final TapAccess taps;
    private final boolean inUse;

    /// @param inUse whether new launches go there
    public AttachedFirecracker(AttachedSocket socket, TapAccess taps, boolean inUse) {
        this.socket = socket;
        this.taps = taps;
        this.inUse = inUse;
    }

    @Override
    public boolean inUse() {
        return inUse;
    }

    @Override
    public Probe probe() {
        return socket.probe(deadline -> api().version(deadline));
    }

    @Override
    public Optional<OsProcess> hold(VmId vm, ProcessId process) {
        return socket.hold(process, this::end);
    }

    private void end() {
        try {
            if (api().state(Deadline.in(TO_LOOK)) == FireApi.State.NOT_STARTED) {
                return;
            }
        } catch (DriverException e) {
            // It ends just now, which its process tells, or is deaf to everything.
            if (e.kind() == Kind.GONE) {
                return;
            }
            throw e;
        }
        throw new DriverException(Kind.HOST, NO_FORCE);
    }

    @Override
    public Optional<ProcessId> running(VmId vm, Deadline deadline) {
        return api().state(deadline) == FireApi.State.NOT_STARTED
                ? Optional.empty()
                : Optional.of(socket.peer());
    }

    @Override
    public void configure(VmId vm, VmSpec spec, Deadline deadline) {
        var state = api().state(deadline);
        if (state != FireApi.State.NOT_STARTED) {
            throw new DriverException(
                    Kind.HOST,
                    "the attached Firecracker has a guest already, which is "
                            + state
                            + " and was not booted here");
        }
        var configuration = Configuration.of(spec, vm, Configuration.inPlace(spec));
        var left = api().devices(deadline);
        left.removeAll(configuration.devices());
        if (!left.isEmpty()) {
            throw new DriverException(
                    Kind.HOST,
                    "the attached Firecracker keeps devices of an earlier configuration, and cannot"
                            + " forget them: "
                            + String.join(", ", left)
                            + "; start it anew at its socket");
        }
        api().configure(configuration, deadline);
    }

    /// There is nothing that Firecracker could do about it.
    @Override
    public void forget(VmId vm, Deadline deadline) {}

    @Override
    public Optional<String> cannotReboot() {
        return Optional.of(ENDS_ONCE);
    }

    @Override
    public Optional<String> noConsole() {
        return Optional.of(ELSEWHERE);
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        return (reaction, deadline) -> boot(spec, launch.vm(), reaction, deadline);
    }

    private Live boot(VmSpec spec, VmId vm, Reaction reaction, Deadline deadline) {
        var process = socket.holdPeer(this::end);
        try {
            configure(vm, spec, deadline);
            var api = new FireApi(socket.dial(process));
            api.act("InstanceStart", deadline);
            return AttachedLive.watching(api, process, reaction, counters(spec), deadline);
        } catch (DriverException e) {
            process.close();
            throw e;
        }
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        var api = new FireApi(socket.dial(process));
        return AttachedLive.watching(api, process, reaction, counters(spec), deadline);
    }

    private AttachedLive.Traffic counters(VmSpec spec) {
        var names = spec.nics().stream().map(VmSpec.Nic::tap).toList();
        return () -> taps.traffic(names);
    }

    private FireApi api() {
        return new FireApi(socket.dial());
    }
}
