package dev.vmcp.host.driver;

import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// How the VMM and the guest of one VM behave. May be changed at any time, by any thread.
public final class Script {

    /// What a VMM can be told.
    public enum Act {
        PREPARE,
        BOOT,
        ADOPT,
        OBSERVE,
        PAUSE,
        RESUME,
        POWER_BUTTON,
        START_AGAIN,
        RESET,
        COUNTERS,
        RESIZE,
        PLUG,
        UNPLUG,
        REPLACE,
        SAVE
    }

    /// What becomes of it.
    public enum Mood {
        FINE,
        /// Answers no.
        REFUSES,
        /// Never answers, until the mood changes.
        DEAF,
        /// Answers ok and does nothing.
        LIES,
        /// The VMM's process ends instead of answering.
        DIES
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Act, Mood> moods = new EnumMap<>(Act.class);
    private final Map<Act, Duration> delays = new EnumMap<>(Act.class);
    private final Map<Act, Integer> entered = new EnumMap<>(Act.class);
    private volatile boolean obedient = true;
    private volatile boolean exitsOnPowerOff;
    private volatile boolean exitsOnRestart;
    private volatile boolean immortal;

    public Script on(Act act, Mood mood) {
        return change(() -> moods.put(act, mood));
    }

    public Script all(Mood mood) {
        for (var act : Act.values()) {
            var _ = on(act, mood);
        }
        return this;
    }

    public Script delay(Act act, Duration time) {
        return change(() -> delays.put(act, time));
    }

    /// Whether the guest goes off when the power button is pressed.
    public Script obedient(boolean value) {
        return change(() -> obedient = value);
    }

    /// Whether the VMM ends with its guest.
    public Script exitsOnPowerOff(boolean value) {
        return change(() -> exitsOnPowerOff = value);
    }

    /// Whether the VMM ends when its guest restarts itself.
    public Script exitsOnRestart(boolean value) {
        return change(() -> exitsOnRestart = value);
    }

    /// Whether a kill does not end the process.
    public Script immortal(boolean value) {
        return change(() -> immortal = value);
    }

    boolean obedient() {
        return obedient;
    }

    boolean exitsOnPowerOff() {
        return exitsOnPowerOff;
    }

    boolean exitsOnRestart() {
        return exitsOnRestart;
    }

    boolean immortal() {
        return immortal;
    }

    /// How often the act was begun.
    public int entered(Act act) {
        lock.lock();
        try {
            return entered.getOrDefault(act, 0);
        } finally {
            lock.unlock();
        }
    }

    /// Something beside the script changed that a waiting VMM should look at.
    void wake() {
        var _ = change(() -> {});
    }

    /// Goes through the delay and the deafness of `act`; returns the mood to go on with.
    ///
    /// @param gone whether waiting has become pointless
    Mood enter(Act act, Deadline deadline, BooleanSupplier gone) {
        lock.lock();
        try {
            entered.merge(act, 1, Integer::sum);
            changed.signalAll();
            var ready = Deadline.in(delays.getOrDefault(act, Duration.ZERO));
            while (moodOf(act) == Mood.DEAF || !ready.passed()) {
                if (gone.getAsBoolean()) {
                    throw new DriverException(DriverException.Kind.GONE, "the VMM is gone");
                }
                if (deadline.passed()) {
                    break;
                }
                var until =
                        moodOf(act) == Mood.DEAF ? deadline : deadline.atMost(ready.remaining());
                var _ = changed.await(until.remaining().toNanos(), TimeUnit.NANOSECONDS);
            }
            if (deadline.passed()) {
                throw new DriverException(
                        DriverException.Kind.SILENT, "no answer to " + act + " in time");
            }
            return moodOf(act);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DriverException(DriverException.Kind.SILENT, "interrupted in " + act, e);
        } finally {
            lock.unlock();
        }
    }

    private Mood moodOf(Act act) {
        return moods.getOrDefault(act, Mood.FINE);
    }

    private Script change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signalAll();
            return this;
        } finally {
            lock.unlock();
        }
    }
}
