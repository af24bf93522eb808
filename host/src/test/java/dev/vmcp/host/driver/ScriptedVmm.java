package dev.vmcp.host.driver;

import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A VMM with its process and its guest, in memory. Outlives every [OsProcess] and [Live] on it.
public final class ScriptedVmm {

    private final ProcessId id;
    private final LaunchId launch;
    private final Script script;
    private final ScriptedDevices devices = new ScriptedDevices();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final List<Handle> handles = new ArrayList<>();
    private GuestState guest = GuestState.RUNNING;
    private @Nullable Exit exit;
    private volatile @Nullable Reaction session;
    private volatile @Nullable Ended lastWord;

    ScriptedVmm(ProcessId id, LaunchId launch, Script script) {
        this.id = id;
        this.launch = launch;
        this.script = script;
    }

    public ProcessId id() {
        return id;
    }

    public LaunchId launch() {
        return launch;
    }

    /// What it wrote of its guest before it ended.
    Optional<Ended> lastWord() {
        return Optional.ofNullable(lastWord);
    }

    public ScriptedDevices devices() {
        return devices;
    }

    Script script() {
        return script;
    }

    public boolean alive() {
        return exit().isEmpty();
    }

    public GuestState guest() {
        lock.lock();
        try {
            return guest;
        } finally {
            lock.unlock();
        }
    }

    /// What the guest does from now on, without a word to anybody.
    public void guest(GuestState now) {
        lock.lock();
        try {
            guest = now;
        } finally {
            lock.unlock();
        }
    }

    /// The guest switches itself off.
    public void powerOff() {
        guest(GuestState.POWERED_OFF);
        if (script.exitsOnPowerOff()) {
            lastWord = new Ended.PoweredOff();
            end(new Exit.Code(0));
        } else {
            tell(Reaction::guestPoweredOff);
        }
    }

    /// The guest restarts itself.
    public void restart() {
        if (script.exitsOnRestart()) {
            lastWord = new Ended.RestartWanted();
            end(new Exit.Code(0));
            return;
        }
        guest(GuestState.RUNNING);
        tell(Reaction::guestRestarted);
    }

    /// The guest crashes and the VMM tells.
    public void crash(String how) {
        guest(GuestState.CRASHED);
        tell(reaction -> reaction.guestCrashed(how));
    }

    /// The control connection breaks, the process lives.
    public void hangUp() {
        tell(reaction -> reaction.connectionLost("hung up"));
    }

    /// The process ends.
    public void end(Exit how) {
        List<Handle> told;
        lock.lock();
        try {
            if (exit != null) {
                return;
            }
            exit = how;
            told = List.copyOf(handles);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        script.wake();
        tell(reaction -> reaction.connectionLost("the process ended"));
        told.forEach(handle -> handle.tell(how));
    }

    OsProcess handle() {
        return new Handle();
    }

    /// The host that was connected is no more.
    public void hostDied() {
        session(null);
        lock.lock();
        try {
            handles.clear();
        } finally {
            lock.unlock();
        }
    }

    void session(@Nullable Reaction reaction) {
        session = reaction;
    }

    void leave(Reaction reaction) {
        if (reaction.equals(session)) {
            session = null;
        }
    }

    private void tell(Consumer<Reaction> what) {
        var told = session;
        if (told != null) {
            what.accept(told);
        }
    }

    private Optional<Exit> exit() {
        lock.lock();
        try {
            return Optional.ofNullable(exit);
        } finally {
            lock.unlock();
        }
    }

    private final class Handle implements OsProcess {
        private volatile @Nullable Consumer<Exit> listener;

        @Override
        public ProcessId id() {
            return id;
        }

        @Override
        public Optional<Exit> exit() {
            return ScriptedVmm.this.exit();
        }

        @Override
        public void onExit(Consumer<Exit> told) {
            lock.lock();
            try {
                listener = told;
                handles.add(this);
            } finally {
                lock.unlock();
            }
            exit().ifPresent(this::tell);
        }

        private void tell(Exit how) {
            var told = listener;
            listener = null;
            if (told != null) {
                Thread.ofVirtual().start(() -> told.accept(how));
            }
        }

        @Override
        public Optional<Exit> await(Deadline deadline) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (exit == null && !deadline.passed()) {
                    var _ = ended.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
                }
                return Optional.ofNullable(exit);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void kill() {
            if (!script.immortal()) {
                end(new Exit.Signal(9));
            }
        }

        @Override
        public void freeze() {
            throw new UnsupportedOperationException("freeze");
        }

        @Override
        public void thaw() {
            throw new UnsupportedOperationException("thaw");
        }

        @Override
        public void close() {
            lock.lock();
            try {
                handles.remove(this);
                listener = null;
            } finally {
                lock.unlock();
            }
        }
    }
}
