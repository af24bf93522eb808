package dev.vmcp.host.driver;

import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Script.Call;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// A session with a scripted VMM.
final class ScriptedLive implements Live {

    private static final long LOOK_AGAIN_NANOS = 200_000;

    private final ScriptedVmm vmm;
    private final OsProcess process;
    private final Script script;
    private final Reaction reaction;
    private volatile boolean closed;

    ScriptedLive(ScriptedVmm vmm, OsProcess process, Script script, Reaction reaction) {
        this.vmm = vmm;
        this.process = process;
        this.script = script;
        this.reaction = reaction;
    }

    /// Waits as the script says, or until the deadline; fails as the script and the VMM's state
    /// say.
    void step(Call call, Deadline deadline) {
        script.failure(call)
                .ifPresent(failure -> {
                    throw new DriverException(
                            failure.kind(), String.valueOf(failure.getMessage()), failure);
                });
        var done = Deadline.in(script.delay(call));
        while (!ready(done)) {
            if (deadline.passed()) {
                throw new DriverException(Kind.SILENT, "no answer to " + call + " in time");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        if (deadline.passed()) {
            throw new DriverException(Kind.SILENT, "no answer to " + call + " in time");
        }
    }

    private boolean ready(Deadline done) {
        if (closed) {
            throw new DriverException(Kind.GONE, "the session was closed");
        }
        if (vmm.exit().isPresent()) {
            throw new DriverException(Kind.GONE, "the VMM has ended");
        }
        return !vmm.frozen() && done.passed();
    }

    void tell(Consumer<Reaction> report) {
        if (!closed) {
            report.accept(reaction);
        }
    }

    @Override
    public OsProcess process() {
        return process;
    }

    @Override
    public GuestState observe(Deadline deadline) {
        step(Call.OBSERVE, deadline);
        return vmm.guest();
    }

    @Override
    public void pause(Deadline deadline) {
        step(Call.PAUSE, deadline);
        if (vmm.guest() == GuestState.RUNNING) {
            vmm.guest(GuestState.PAUSED);
        }
    }

    @Override
    public void resume(Deadline deadline) {
        step(Call.RESUME, deadline);
        switch (vmm.guest()) {
            case RUNNING -> {}
            case PAUSED -> vmm.guest(GuestState.RUNNING);
            case POWERED_OFF, CRASHED ->
                    throw new DriverException(Kind.REFUSED, "the guest needs a reset");
        }
    }

    @Override
    public void powerButton(Deadline deadline) {
        step(Call.POWER_BUTTON, deadline);
        if (vmm.obeys()) {
            vmm.powerOff();
        }
    }

    @Override
    public void startAgain(Deadline deadline) {
        step(Call.START_AGAIN, deadline);
        if (vmm.guest() != GuestState.POWERED_OFF) {
            throw new DriverException(Kind.REFUSED, "the guest has not powered off");
        }
        vmm.guest(GuestState.RUNNING);
    }

    @Override
    public void reset(Deadline deadline) {
        step(Call.RESET, deadline);
        vmm.guest(GuestState.RUNNING);
    }

    @Override
    public Counters counters(Deadline deadline) {
        step(Call.COUNTERS, deadline);
        return new Counters(
                1,
                1 << 20,
                System.nanoTime() / 1_000_000,
                new Counters.Network(0, 0, 0, 0),
                new Counters.Storage(0, 0, 0, 0));
    }

    @Override
    public void close() {
        closed = true;
        vmm.detach(this);
    }
}
