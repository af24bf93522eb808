package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// Tells what the VMM's events mean for the guest.
///
/// A VMM that fails sends the same `shutdown` as a guest that switches itself off, then ends with
/// status 0: only one that still answers has a guest that is off.
final class EventRelay implements EventPipe.Listener {

    private static final Duration LOOK = Duration.ofSeconds(5);

    private final Reaction reaction;
    private final Function<Deadline, GuestState> look;
    private final AtomicInteger ours = new AtomicInteger();
    private final AtomicBoolean down = new AtomicBoolean();

    EventRelay(Reaction reaction, Function<Deadline, GuestState> look) {
        this.reaction = reaction;
        this.look = look;
    }

    /// Tells what happened before events were heard.
    void found(GuestState state) {
        if (state == GuestState.POWERED_OFF && down.compareAndSet(false, true)) {
            reaction.guestPoweredOff();
        }
    }

    /// A restart of ours follows, of which an event will tell in any case.
    void restarting() {
        ours.incrementAndGet();
    }

    @Override
    public void event(String source, String name) {
        if (!source.equals("vm")) {
            return;
        }
        switch (name) {
            case "rebooting" -> restarted();
            case "booting" -> down.set(false);
            case "shutdown" -> gap();
            default -> {}
        }
    }

    @Override
    public void gap() {
        try {
            found(look.apply(Deadline.in(LOOK)));
        } catch (DriverException e) {
            // The VMM is gone or going: its end tells more.
        }
    }

    private void restarted() {
        down.set(false);
        if (ours.getAndUpdate(count -> Math.max(0, count - 1)) == 0) {
            reaction.guestRestarted();
        }
    }
}
