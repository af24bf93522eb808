package dev.vmcp.host.driver;

import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;

/// A control connection to a [ScriptedVmm].
final class ScriptedLive implements Live {

    private final ScriptedVmm vmm;
    private final OsProcess process;
    private volatile boolean closed;

    ScriptedLive(ScriptedVmm vmm, OsProcess process) {
        this.vmm = vmm;
        this.process = process;
    }

    @Override
    public OsProcess process() {
        return process;
    }

    @Override
    public GuestState observe(Deadline deadline) {
        return told(Act.OBSERVE, deadline) ? vmm.guest() : GuestState.RUNNING;
    }

    @Override
    public void pause(Deadline deadline) {
        set(Act.PAUSE, deadline, GuestState.PAUSED);
    }

    @Override
    public void resume(Deadline deadline) {
        set(Act.RESUME, deadline, GuestState.RUNNING);
    }

    @Override
    public void powerButton(Deadline deadline) {
        if (told(Act.POWER_BUTTON, deadline)
                && vmm.script().obedient()
                && vmm.guest() == GuestState.RUNNING) {
            vmm.powerOff();
        }
    }

    @Override
    public void startAgain(Deadline deadline) {
        set(Act.START_AGAIN, deadline, GuestState.RUNNING);
    }

    @Override
    public void reset(Deadline deadline) {
        set(Act.RESET, deadline, GuestState.RUNNING);
    }

    @Override
    public Counters counters(Deadline deadline) {
        var _ = told(Act.COUNTERS, deadline);
        return new Counters(
                1, 2, 3, new Counters.Network(1, 2, 3, 4), new Counters.Storage(1, 2, 3, 4));
    }

    @Override
    public void close() {
        closed = true;
        vmm.script().wake();
    }

    private void set(Act act, Deadline deadline, GuestState state) {
        if (told(act, deadline)) {
            vmm.guest(state);
        }
    }

    /// Whether the VMM does what it is told.
    private boolean told(Act act, Deadline deadline) {
        var mood = vmm.script().enter(act, deadline, () -> closed || !vmm.alive());
        if (closed || !vmm.alive()) {
            throw new DriverException(DriverException.Kind.GONE, "the VMM is gone");
        }
        return switch (mood) {
            case FINE, DEAF -> true;
            case LIES -> false;
            case REFUSES -> throw new DriverException(DriverException.Kind.REFUSED, "no " + act);
            case DIES -> {
                vmm.end(new Exit.Signal(11));
                throw new DriverException(DriverException.Kind.GONE, "it died in " + act);
            }
        };
    }

    static DriverException failing(Act act, Mood mood) {
        return new DriverException(
                mood == Mood.DIES ? DriverException.Kind.GONE : DriverException.Kind.REFUSED,
                act + ": " + mood);
    }
}
