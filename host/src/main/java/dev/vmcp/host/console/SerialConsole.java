package dev.vmcp.host.console;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.SerialPort;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A console on a launch's serial port. It costs two descriptors at most while attached, and no
/// thread.
final class SerialConsole implements Console {

    private final Consoles consoles;
    private final ConsoleLog log;

    /// Held while lines come and go; taken before all others.
    private final ReentrantLock attaching = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ReentrantLock turn = new ReentrantLock(true);
    private volatile @Nullable SerialLine line;
    private volatile boolean closed;

    SerialConsole(Consoles consoles, ConsoleLog log) {
        this.consoles = consoles;
        this.log = log;
    }

    @Override
    public void attach(SerialPort port, Optional<Path> copy) {
        attaching.lock();
        try {
            if (closed) {
                throw new IllegalStateException("console: closed (expected: open)");
            }
            detach();
            log.ready();
            var attached = SerialLine.open(consoles, port, output(copy));
            line = attached;
            attached.start();
        } finally {
            attaching.unlock();
        }
    }

    @Override
    public void detach() {
        attaching.lock();
        try {
            var attached = line;
            if (attached != null) {
                line = null;
                attached.release();
            }
        } finally {
            attaching.unlock();
        }
    }

    @Override
    public Chunk read(long cursor, int max) {
        return log.read(cursor, max);
    }

    @Override
    public void awaitBeyond(long cursor, Deadline deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            var from = ConsoleLog.position(cursor, end());
            while (end() <= from && !closed && !deadline.passed()) {
                changed.awaitNanos(deadline.remaining().toNanos());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long end() {
        return log.end();
    }

    @Override
    public boolean closed() {
        return closed;
    }

    @Override
    public int write(byte[] data, Deadline deadline) throws InterruptedException {
        if (!turn.tryLock(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new NotWritable("another writer has the turn");
        }
        try {
            var attached = line;
            if (attached == null) {
                throw new NotWritable("no VMM runs");
            }
            return attached.write(data, deadline);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        attaching.lock();
        try {
            detach();
            closed = true;
            tell();
        } finally {
            attaching.unlock();
        }
    }

    @Override
    public void delete() {
        close();
        log.delete();
    }

    private Output output(Optional<Path> copy) {
        var file = copy.map(path -> new CopyFile(path, consoles.limits().copyBytes()));
        return new Output() {
            @Override
            public void take(MemorySegment data) {
                long before = log.lost();
                log.append(data.asByteBuffer());
                consoles.count(data.byteSize(), log.lost() - before);
                file.ifPresent(to -> to.append(data));
                tell();
            }

            @Override
            public void missing() {
                log.skip();
            }
        };
    }

    private void tell() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
