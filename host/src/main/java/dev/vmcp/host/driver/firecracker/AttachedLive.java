package dev.vmcp.host.driver.firecracker;

import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.vmm.HostCounters;
import dev.vmcp.host.vmm.StatePoll;

/// A guest of ours in a Firecracker that somebody else started and perhaps calls as well.
final class AttachedLive implements Live {

    /// What passed the guest's TAPs.
    interface Traffic {
        Counters.Network read();
    }

    private final FireApi api;
    private final OsProcess process;
    private final Traffic traffic;
    private final StatePoll poll;

    private AttachedLive(
            FireApi api, OsProcess process, Traffic traffic, GuestState now, Reaction reaction) {
        this.api = api;
        this.process = process;
        this.traffic = traffic;
        this.poll = new StatePoll(this::observe, now, reaction);
    }

    static AttachedLive watching(
            FireApi api, OsProcess process, Reaction reaction, Traffic traffic, Deadline deadline) {
        var now = api.state(deadline).guest();
        return new AttachedLive(api, process, traffic, now, reaction);
    }

    @Override
    public OsProcess process() {
        return process;
    }

    @Override
    public GuestState observe(Deadline deadline) {
        return api.state(deadline).guest();
    }

    @Override
    public void pause(Deadline deadline) {
        poll.expect(GuestState.PAUSED);
        api.pause(deadline);
    }

    @Override
    public void resume(Deadline deadline) {
        poll.expect(GuestState.RUNNING);
        api.resume(deadline);
    }

    @Override
    public void powerButton(Deadline deadline) {
        api.act("SendCtrlAltDel", deadline);
    }

    @Override
    public void startAgain(Deadline deadline) {
        throw new DriverException(Kind.REFUSED, "Firecracker starts a guest once");
    }

    @Override
    public void reset(Deadline deadline) {
        throw new DriverException(Kind.REFUSED, "Firecracker cannot reset a guest");
    }

    /// Firecracker tells its disks' counters only to a file of its own.
    @Override
    public Counters counters(Deadline deadline) {
        return HostCounters.of(process, traffic.read(), new Counters.Storage(0, 0, 0, 0));
    }

    @Override
    public void close() {
        poll.close();
        api.client().close();
    }
}
