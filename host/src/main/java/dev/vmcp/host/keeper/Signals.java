package dev.vmcp.host.keeper;

import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.SerialPort;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What was seen of one launch by itself, remembered until a step or the loop takes note of it.
/// Everything that happens is also told to `told`, on the thread that saw it.
final class Signals implements Reaction {

    /// How a guest that nobody told to end came to an end.
    sealed interface Finish {
        record PoweredOff() implements Finish {}

        record Crashed(String how) implements Finish {}

        record Exited(Exit exit) implements Finish {}
    }

    private final Runnable told;
    private final Consumer<SerialPort> serial;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean poweredOff;
    private @Nullable String crash;
    private @Nullable Exit exit;
    private @Nullable String disconnected;
    private int restarts;
    private long ends;

    Signals(Runnable told, Consumer<SerialPort> serial) {
        this.told = told;
        this.serial = serial;
    }

    @Override
    public void guestPoweredOff() {
        change(() -> {
            poweredOff = true;
            ends++;
        });
    }

    @Override
    public void guestRestarted() {
        change(() -> restarts++);
    }

    @Override
    public void guestCrashed(String how) {
        change(() -> {
            crash = how;
            ends++;
        });
    }

    @Override
    public void serialAt(SerialPort port) {
        serial.accept(port);
    }

    @Override
    public void connectionLost(String why) {
        change(() -> disconnected = why);
    }

    void exited(Exit how) {
        change(() -> exit = how);
    }

    /// How many ends of the guest were seen.
    long ends() {
        lock.lock();
        try {
            return ends;
        } finally {
            lock.unlock();
        }
    }

    /// The guest was started anew after `seen` ends: they no longer count. False, and nothing is
    /// forgotten, when it has ended once more.
    boolean forgetEnds(long seen) {
        lock.lock();
        try {
            if (ends != seen) {
                return false;
            }
            poweredOff = false;
            crash = null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// The strongest end that was seen; the process' end counts above the guest's.
    Optional<Finish> finish() {
        lock.lock();
        try {
            if (exit != null) {
                return Optional.of(new Finish.Exited(exit));
            }
            if (crash != null) {
                return Optional.of(new Finish.Crashed(crash));
            }
            return poweredOff ? Optional.of(new Finish.PoweredOff()) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /// Why the control connection broke, once after each break.
    Optional<String> takeDisconnect() {
        lock.lock();
        try {
            var why = Optional.ofNullable(disconnected);
            disconnected = null;
            return why;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for an end of the guest; empty when the deadline came first.
    Optional<Finish> awaitFinish(Deadline deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (finish().isEmpty() && !deadline.passed()) {
                var _ = changed.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            }
            return finish();
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        told.run();
    }
}
