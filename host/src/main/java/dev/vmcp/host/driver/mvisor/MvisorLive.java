package dev.vmcp.host.driver.mvisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.vmm.HostCounters;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// An MVisor that runs. It has no control connection: what can be done is done to the process, and
/// what is known of the guest is seen from outside.
///
/// A pause stops the process. It is the whole pause: no virtual CPU runs, `/proc` shows it to a
/// later life of ours, and only who may kill the process can undo it.
final class MvisorLive implements Live {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
    private static final Counters.Network NO_NETWORK = new Counters.Network(0, 0, 0, 0);
    private static final Counters.Storage NOT_COUNTED = new Counters.Storage(0, 0, 0, 0);

    private final OsProcess process;
    private final GuestEye eye;
    private final Watch watch;
    private volatile boolean closed;

    private MvisorLive(OsProcess process, GuestEye eye, Watch watch) {
        this.process = process;
        this.eye = eye;
        this.watch = watch;
    }

    /// Takes up a process whose guest is up or was up before.
    static MvisorLive of(VmSpec spec, Launch launch, OsProcess process, Reaction reaction) {
        var eye = GuestEye.on(process.id().pid(), spec.cpu().count());
        if (process.exit().isPresent()) {
            throw gone();
        }
        return new MvisorLive(process, eye, Watch.start(eye, launch, reaction));
    }

    @Override
    public OsProcess process() {
        return process;
    }

    @Override
    public GuestState observe(Deadline deadline) {
        requireThere();
        try {
            var seen = eye.see().orElseThrow(MvisorLive::gone);
            requireThere();
            return seen;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DriverException(Kind.SILENT, "the look at the guest was interrupted", e);
        }
    }

    /// A stopped process hides what its guest did before, so one that has ended is not stopped.
    @Override
    public void pause(Deadline deadline) {
        var state = observe(deadline);
        if (state == GuestState.POWERED_OFF || state == GuestState.CRASHED) {
            throw new DriverException(Kind.REFUSED, "the guest does not run: it is " + state);
        }
        process.freeze();
        await(true, deadline);
    }

    @Override
    public void resume(Deadline deadline) {
        requireThere();
        process.thaw();
        await(false, deadline);
    }

    @Override
    public void powerButton(Deadline deadline) {
        throw lacking("no power button");
    }

    @Override
    public void startAgain(Deadline deadline) {
        throw lacking("no way to start a guest again");
    }

    @Override
    public void reset(Deadline deadline) {
        throw lacking("no reset from outside");
    }

    @Override
    public Counters counters(Deadline deadline) {
        requireThere();
        return HostCounters.of(process, NO_NETWORK, NOT_COUNTED);
    }

    @Override
    public void close() {
        closed = true;
        watch.close();
    }

    private void await(boolean paused, Deadline deadline) {
        while ((observe(deadline) == GuestState.PAUSED) != paused) {
            if (deadline.passed()) {
                throw new DriverException(Kind.SILENT, "the process took no signal in time");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private void requireThere() {
        if (closed || process.exit().isPresent()) {
            throw gone();
        }
    }

    private static DriverException gone() {
        return new DriverException(Kind.GONE, "MVisor has ended, or was let go");
    }

    private static DriverException lacking(String what) {
        return new DriverException(Kind.REFUSED, "MVisor has " + what);
    }
}
