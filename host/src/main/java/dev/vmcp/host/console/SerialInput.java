package dev.vmcp.host.console;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Errno;
import dev.vmcp.host.process.EventLoop;
import java.lang.foreign.Arena;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The way to the guest of one serial port, from opening to release.
final class SerialInput {

    private static final String GONE = "the VMM has gone";

    private final int descriptor;
    private final EventLoop.Watch writable;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private boolean hasRoom;
    private boolean released;

    /// Takes over `descriptor`.
    SerialInput(EventLoop loop, int descriptor) {
        this.descriptor = descriptor;
        this.writable = loop.watch(descriptor, EventLoop.Interest.WRITE, this::nowWritable);
    }

    /// How many bytes were taken by the deadline.
    ///
    /// @throws Console.NotWritable when it was released, or the VMM ended, before it took any
    int write(byte[] data, Deadline deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(JAVA_BYTE, data);
            var taken = 0;
            while (taken < data.length && !released) {
                var result = Descriptors.write(descriptor, bytes.asSlice(taken));
                if (result >= 0) {
                    taken += (int) result;
                } else if (result == -Errno.EAGAIN) {
                    if (!awaitRoom(deadline)) {
                        return taken;
                    }
                } else if (result != -Errno.EINTR) {
                    throw refused((int) -result);
                }
            }
            if (taken == 0 && data.length > 0) {
                throw new Console.NotWritable(GONE);
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// A terminal whose other side was closed answers EIO.
    private static Console.NotWritable refused(int errno) {
        return new Console.NotWritable(
                errno == Errno.EIO ? GONE : "serial input: " + Errno.text(errno));
    }

    void release() {
        lock.lock();
        try {
            if (!released) {
                released = true;
                room.signalAll();
                writable.close();
                Descriptors.close(descriptor);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitRoom(Deadline deadline) throws InterruptedException {
        hasRoom = false;
        writable.arm();
        while (!hasRoom && !released && !deadline.passed()) {
            room.awaitNanos(deadline.remaining().toNanos());
        }
        return hasRoom || released;
    }

    private void nowWritable() {
        lock.lock();
        try {
            hasRoom = true;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
