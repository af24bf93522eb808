package dev.vmcp.host.driver.fifth;

import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;

/// A VMM that has nothing but its process. What it lacks it refuses.
record FifthLive(OsProcess process) implements Live {

    @Override
    public GuestState observe(Deadline deadline) {
        if (process.exit().isPresent()) {
            throw new DriverException(Kind.GONE, "the shell has ended");
        }
        return GuestState.RUNNING;
    }

    @Override
    public void pause(Deadline deadline) {
        throw lacking();
    }

    @Override
    public void resume(Deadline deadline) {
        throw lacking();
    }

    @Override
    public void powerButton(Deadline deadline) {
        throw lacking();
    }

    @Override
    public void startAgain(Deadline deadline) {
        throw lacking();
    }

    @Override
    public void reset(Deadline deadline) {
        throw lacking();
    }

    @Override
    public Counters counters(Deadline deadline) {
        throw lacking();
    }

    @Override
    public void close() {
        // Nothing is held but the process, which lives on.
    }

    private static DriverException lacking() {
        return new DriverException(Kind.REFUSED, "a shell cannot do that");
    }
}
