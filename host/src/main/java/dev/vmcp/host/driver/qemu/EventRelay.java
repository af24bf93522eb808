package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Reaction;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells what QEMU's events mean for the guest.
///
/// A triple fault is a crash where KVM stops for it and a restart where QEMU resets by itself:
/// QEMU's events do not tell the latter from a restart that the guest wished.
final class EventRelay implements QmpConnection.Listener {

    /// SeaBIOS answers a warm reset with more of its own, so resets in quick succession are one
    /// restart; and those that follow a reset of ours are no restart of the guest's.
    private static final long ONE_RESTART_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Reaction reaction;
    private final AtomicLong lastReset = new AtomicLong(System.nanoTime() - 2 * ONE_RESTART_NANOS);
    private final AtomicBoolean down = new AtomicBoolean();
    private volatile @Nullable Supplier<CompletableFuture<Object>> status;

    EventRelay(Reaction reaction) {
        this.reaction = reaction;
    }

    /// How to ask for the status when an event leaves it open.
    void asking(Supplier<CompletableFuture<Object>> status) {
        this.status = status;
    }

    /// Tells what happened before events were heard.
    void found(GuestState state) {
        switch (state) {
            case POWERED_OFF -> poweredOff();
            case CRASHED -> crashed("found crashed");
            case RUNNING, PAUSED -> {}
        }
    }

    @Override
    public void event(QmpMessage.Event event) {
        var byGuest = Boolean.TRUE.equals(event.data().get("guest"));
        switch (event.name()) {
            case "SHUTDOWN" -> {
                if (byGuest) {
                    poweredOff();
                }
            }
            case "RESET" -> reset(byGuest);
            case "RESUME" -> down.set(false);
            case "GUEST_PANICKED" -> crashed("the guest reported a panic");
            case "STOP" -> stopped();
            default -> {}
        }
    }

    @Override
    public void broken(String why) {
        reaction.connectionLost(why);
    }

    private void reset(boolean byGuest) {
        var now = System.nanoTime();
        var before = lastReset.getAndSet(now);
        down.set(false);
        if (byGuest && now - before > ONE_RESTART_NANOS) {
            reaction.guestRestarted();
        }
    }

    private void poweredOff() {
        if (down.compareAndSet(false, true)) {
            reaction.guestPoweredOff();
        }
    }

    private void crashed(String how) {
        if (down.compareAndSet(false, true)) {
            reaction.guestCrashed(how);
        }
    }

    private void stopped() {
        var ask = status;
        if (ask != null) {
            ask.get()
                    .thenAccept(answer -> stoppedWith(QemuStatus.word(answer)))
                    .exceptionally(_ -> null);
        }
    }

    private void stoppedWith(String word) {
        if (word.equals("internal-error")) {
            crashed("QEMU stopped the guest: internal error");
        }
    }
}
