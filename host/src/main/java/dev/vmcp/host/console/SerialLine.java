package dev.vmcp.host.console;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Errno;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.SerialPort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Our ends of the two FIFOs of one launch, from opening to release.
final class SerialLine {

    private static final Logger LOG = LoggerFactory.getLogger(SerialLine.class);

    /// What the guest may print while nobody reads, be it that we are dead.
    private static final int OUTPUT_PIPE_BYTES = 1 << 20;

    /// Little, so that what the FIFO took is nearly what the guest took.
    private static final int INPUT_PIPE_BYTES = 4096;

    /// After so much in one go the other consoles have their turn.
    private static final int BURST_BYTES = 512 << 10;

    /// A guest that prints faster than we read must not hold up the release.
    private static final int LAST_BYTES = 4 * OUTPUT_PIPE_BYTES;

    private final Buffers buffers;
    private final Consumer<MemorySegment> output;
    private final int in;
    private final int out;
    private final EventLoop.Watch writable;
    private final EventLoop.Watch readable;
    private final ReentrantLock draining = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final Condition room = writing.newCondition();
    private boolean hasRoom;
    private boolean drained;
    private boolean released;

    private SerialLine(Consoles consoles, int in, int out, Consumer<MemorySegment> output) {
        this.buffers = consoles.buffers();
        this.output = output;
        this.in = in;
        this.out = out;
        this.writable = consoles.loop().watch(in, EventLoop.Interest.WRITE, this::nowWritable);
        this.readable = consoles.loop().watch(out, EventLoop.Interest.READ, this::nowReadable);
    }

    /// Opens both FIFOs. Drains nothing before [#start].
    ///
    /// @param output gets each piece, valid during the call only, one call at a time
    /// @throws ProcessException naming what is not there or no FIFO
    static SerialLine open(Consoles consoles, SerialPort port, Consumer<MemorySegment> output) {
        if (!(port instanceof SerialPort.Pipes(var serialIn, var serialOut))) {
            throw new ProcessException("serial port " + port + ": not two FIFOs");
        }
        var opened = new ArrayList<Integer>();
        try {
            var in = Fifos.open(serialIn);
            opened.add(in);
            var out = Fifos.open(serialOut);
            opened.add(out);
            Descriptors.resizePipe(in, INPUT_PIPE_BYTES);
            if (!Descriptors.resizePipe(out, OUTPUT_PIPE_BYTES)) {
                LOG.atDebug()
                        .addKeyValue("event", "console-pipe-small")
                        .addKeyValue("fifo", serialOut)
                        .log("the kernel refuses a larger pipe");
            }
            return new SerialLine(consoles, in, out, output);
        } catch (ProcessException e) {
            opened.forEach(Descriptors::close);
            throw e;
        }
    }

    void start() {
        readable.arm();
    }

    /// How many bytes the FIFO took by the deadline.
    ///
    /// @throws Console.NotWritable when the line was released before it took any
    int write(byte[] data, Deadline deadline) throws InterruptedException {
        writing.lockInterruptibly();
        try (var arena = Arena.ofConfined()) {
            var bytes = arena.allocateFrom(JAVA_BYTE, data);
            var taken = 0;
            while (taken < data.length && !released) {
                var result = Descriptors.write(in, bytes.asSlice(taken));
                if (result >= 0) {
                    taken += (int) result;
                } else if (result == -Errno.EAGAIN) {
                    if (!awaitRoom(deadline)) {
                        return taken;
                    }
                } else if (result != -Errno.EINTR) {
                    throw new Console.NotWritable("serial input: " + Errno.text((int) -result));
                }
            }
            if (taken == 0 && data.length > 0) {
                throw new Console.NotWritable("the VMM has gone");
            }
            return taken;
        } finally {
            writing.unlock();
        }
    }

    /// Takes what is left, then closes both ends.
    void release() {
        draining.lock();
        try {
            if (drained) {
                return;
            }
            pump(LAST_BYTES);
            drained = true;
            readable.close();
            Descriptors.close(out);
        } finally {
            draining.unlock();
        }
        writing.lock();
        try {
            released = true;
            room.signalAll();
            writable.close();
            Descriptors.close(in);
        } finally {
            writing.unlock();
        }
    }

    private void nowReadable() {
        draining.lock();
        try {
            if (!drained && pump(BURST_BYTES)) {
                readable.arm();
            }
        } finally {
            draining.unlock();
        }
    }

    /// Reads until there is nothing more or `most` is exceeded; false when reading fails.
    private boolean pump(int most) {
        var buffer = buffers.take();
        try {
            var sum = 0L;
            while (sum < most) {
                var count = Descriptors.read(out, buffer);
                if (count > 0) {
                    sum += count;
                    output.accept(buffer.asSlice(0, count));
                } else if (count != -Errno.EINTR) {
                    return readOn((int) -count);
                }
            }
            return true;
        } finally {
            buffers.give(buffer);
        }
    }

    private static boolean readOn(int errno) {
        if (errno == Errno.EAGAIN) {
            return true;
        }
        LOG.atError()
                .addKeyValue("event", "console-read-failed")
                .addKeyValue("error", Errno.text(errno))
                .log("a console can no longer be read");
        return false;
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
        writing.lock();
        try {
            hasRoom = true;
            room.signalAll();
        } finally {
            writing.unlock();
        }
    }
}
