package dev.vmcp.platform.rpc.call;

import io.grpc.Status;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The calls that are under way, so that a stopping server can wait for them and end the rest.
public final class OpenCalls {
    private final Set<RpcCall<?, ?>> calls = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();
    private volatile boolean draining;

    void add(RpcCall<?, ?> call) {
        calls.add(call);
    }

    void remove(RpcCall<?, ?> call) {
        if (calls.remove(call) && draining && calls.isEmpty()) {
            lock.lock();
            try {
                empty.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// How many calls are under way.
    public int size() {
        return calls.size();
    }

    /// Whether new calls are refused.
    public boolean draining() {
        return draining;
    }

    /// From now on new calls are to be refused.
    public void drain() {
        draining = true;
    }

    /// Waits until no call is under way, `limit` at most; then ends what is left as unavailable.
    public void finish(Duration limit) throws InterruptedException {
        draining = true;
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!calls.isEmpty() && left > 0) {
                // Woken at intervals too: a call may end between the look and the wait.
                long step = Math.min(left, TimeUnit.MILLISECONDS.toNanos(50));
                left -= step - Math.max(0, empty.awaitNanos(step));
            }
        } finally {
            lock.unlock();
        }
        for (var call : calls) {
            call.terminate(Status.UNAVAILABLE.withDescription("the server is stopping"));
        }
    }
}
