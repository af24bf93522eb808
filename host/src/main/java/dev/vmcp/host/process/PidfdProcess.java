package dev.vmcp.host.process;

import dev.vmcp.core.vm.ProcessId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A process under a pidfd that the event loop watches. A child that is closed while it lives is
/// still reaped when it ends.
final class PidfdProcess implements OsProcess {

    private static final int SIGKILL = 9;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;

    private final ProcessId id;
    private final int pidfd;
    private final boolean child;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private List<Consumer<Exit>> listeners = new ArrayList<>(1);
    private EventLoop.@Nullable Watch watch;
    private @Nullable Exit exit;
    private boolean closed;
    private boolean released;

    private PidfdProcess(ProcessId id, int pidfd, boolean child) {
        this.id = id;
        this.pidfd = pidfd;
        this.child = child;
    }

    /// Takes over `pidfd`.
    static PidfdProcess hold(EventLoop loop, ProcessId id, int pidfd, boolean child) {
        var process = new PidfdProcess(id, pidfd, child);
        process.lock.lock();
        try {
            process.watch = loop.watch(pidfd, EventLoop.Interest.READ, process::hasEnded);
            process.watch.arm();
            return process;
        } catch (ProcessException e) {
            process.release();
            throw e;
        } finally {
            process.lock.unlock();
        }
    }

    @Override
    public ProcessId id() {
        return id;
    }

    @Override
    public Optional<Exit> exit() {
        lock.lock();
        try {
            return Optional.ofNullable(exit);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onExit(Consumer<Exit> listener) {
        lock.lock();
        try {
            if (exit != null) {
                tell(listener, exit);
            } else if (!closed) {
                listeners.add(listener);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Exit> await(Deadline deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (exit == null && !closed && !deadline.passed()) {
                ended.awaitNanos(deadline.remaining().toNanos());
            }
            return Optional.ofNullable(exit);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void kill() {
        signal(SIGKILL, "kill");
    }

    @Override
    public void freeze() {
        signal(SIGSTOP, "freeze");
    }

    @Override
    public void thaw() {
        signal(SIGCONT, "thaw");
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            listeners = List.of();
            ended.signalAll();
            if (!child || exit != null) {
                release();
            }
        } finally {
            lock.unlock();
        }
    }

    private void signal(int number, String what) {
        lock.lock();
        try {
            if (!released) {
                var result = Pidfd.signal(pidfd, number);
                if (result != -Errno.ESRCH) {
                    Libc.check(result, what + " process " + id.pid());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void hasEnded() {
        lock.lock();
        try {
            if (exit != null || released) {
                return;
            }
            var how = Pidfd.reap(pidfd);
            exit = how;
            ended.signalAll();
            listeners.forEach(listener -> tell(listener, how));
            listeners = List.of();
            release();
        } finally {
            lock.unlock();
        }
    }

    private void release() {
        if (released) {
            return;
        }
        released = true;
        if (watch != null) {
            watch.close();
            watch = null;
        }
        Descriptors.close(pidfd);
    }

    private void tell(Consumer<Exit> listener, Exit how) {
        Thread.ofVirtual().name("vmcp-exit-", id.pid()).start(() -> listener.accept(how));
    }
}
