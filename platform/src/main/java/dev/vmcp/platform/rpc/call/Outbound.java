package dev.vmcp.platform.rpc.call;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.ResponseHeaders;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The answer of an enveloped call and the bytes of it that the reader has not taken yet.
final class Outbound {
    /// Above this a sender on a virtual thread waits.
    static final int HIGH = 256 * 1024;

    /// Below this senders are told that there is room.
    static final int LOW = 64 * 1024;

    /// A sender that cannot wait and does not look at readiness is cut off above this.
    static final int FLOOD = 16 * 1024 * 1024;

    private final HttpResponseWriter writer = HttpResponse.streaming();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Runnable ready;
    private long pending;
    private boolean headSent;
    private boolean ended;

    /// `ready` is run each time when a full answer has room again.
    Outbound(Runnable ready) {
        this.ready = ready;
    }

    HttpResponse response() {
        return writer;
    }

    void head(ResponseHeaders head) {
        lock.lock();
        try {
            if (!headSent && !ended) {
                headSent = true;
                put(head);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Sends and says whether the answer may still grow.
    boolean data(HttpData data) {
        int size = data.length();
        lock.lock();
        try {
            if (ended || !writer.tryWrite(data)) {
                return true;
            }
            pending += size;
        } finally {
            lock.unlock();
        }
        var _ = writer.whenConsumed().thenRun(() -> consumed(size));
        return pending() <= FLOOD;
    }

    void end(ResponseHeaders headIfNone, @Nullable HttpData last, HttpHeaders trailers) {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            if (!headSent) {
                headSent = true;
                put(headIfNone);
            }
            ended = true;
            if (last != null) {
                put(last);
            }
            if (!trailers.isEmpty()) {
                put(trailers);
            }
            room.signalAll();
        } finally {
            lock.unlock();
        }
        writer.close();
    }

    /// Nobody reads any more.
    void abandon() {
        lock.lock();
        try {
            ended = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean ready() {
        return pending() < LOW;
    }

    /// Waits until a full answer has room or has ended; an interrupted sender waits no longer.
    void awaitRoom() {
        lock.lock();
        try {
            if (pending < HIGH) {
                return;
            }
            while (pending >= LOW && !ended) {
                room.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// A write after the reader went away is dropped.
    private void put(HttpObject object) {
        var _ = writer.tryWrite(object);
    }

    private long pending() {
        lock.lock();
        try {
            return pending;
        } finally {
            lock.unlock();
        }
    }

    private void consumed(int size) {
        boolean told;
        lock.lock();
        try {
            told = pending >= LOW && pending - size < LOW && !ended;
            pending -= size;
            if (pending < LOW) {
                room.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (told) {
            ready.run();
        }
    }
}
