package dev.vmcp.host.vmm;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.function.Function;

/// Looks again and again at a VMM that reports nothing by itself, on a virtual thread of its own.
public final class StatePoll implements AutoCloseable {

    private static final Duration USUAL = Duration.ofSeconds(1);
    private static final Duration HURRIED = Duration.ofMillis(100);
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final String CHANGED = "its state was changed by somebody else";

    private final Function<Deadline, GuestState> look;
    private final Reaction reaction;
    private final Thread thread;
    private volatile GuestState expected;
    private volatile Deadline hurry = new Deadline(System.nanoTime());

    /// @param look asks the VMM
    /// @param expected what it is in when the first look comes
    public StatePoll(Function<Deadline, GuestState> look, GuestState expected, Reaction reaction) {
        this.look = look;
        this.expected = expected;
        this.reaction = reaction;
        this.thread = Thread.ofVirtual().name("state-poll").start(this::run);
    }

    /// The state that a call of ours is about to bring it to.
    public void expect(GuestState state) {
        expected = state;
    }

    /// Something is about to happen: looks more often for that long.
    public void hurry(Duration time) {
        hurry = Deadline.in(time);
        thread.interrupt();
    }

    @Override
    public void close() {
        expected = GuestState.CRASHED;
        thread.interrupt();
    }

    private void run() {
        while (expected != GuestState.CRASHED && goesOn()) {
            pause();
        }
    }

    private boolean goesOn() {
        var before = expected;
        GuestState state;
        try {
            state = look.apply(Deadline.in(LOOK));
        } catch (DriverException e) {
            tell(() -> reaction.connectionLost(String.valueOf(e.getMessage())));
            return Thread.interrupted();
        }
        if (state == before || before != expected) {
            return true;
        }
        if (state == GuestState.POWERED_OFF) {
            expected = state;
            tell(reaction::guestPoweredOff);
            return true;
        }
        tell(() -> reaction.connectionLost(CHANGED));
        return false;
    }

    private void tell(Runnable what) {
        if (expected != GuestState.CRASHED && !Thread.currentThread().isInterrupted()) {
            what.run();
        }
    }

    private void pause() {
        try {
            Thread.sleep(hurry.passed() ? USUAL : HURRIED);
        } catch (InterruptedException _) {
            // Hurried, or closed.
        }
    }
}
