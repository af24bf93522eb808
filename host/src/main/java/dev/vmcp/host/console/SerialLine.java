package dev.vmcp.host.console;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Errno;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.SerialPort;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Our side of the serial port of one launch, from opening to release.
final class SerialLine {

    private static final Logger LOG = LoggerFactory.getLogger(SerialLine.class);

    /// After so much in one go the other consoles have their turn.
    private static final int BURST_BYTES = 512 << 10;

    /// A guest prints letter by letter: the first is passed on at once, those that follow within a
    /// millisecond together. No serial port fills the pipe in that time.
    private static final long GATHERING_NANOS = 1_000_000;

    /// A guest that prints faster than we read must not hold up the release.
    private static final int LAST_BYTES = 4 * SerialEnds.OUTPUT_PIPE_BYTES;

    private final Buffers buffers;
    private final Output output;
    private final Optional<SerialInput> input;
    private final int out;
    private final EventLoop.Watch readable;
    private final ReentrantLock draining = new ReentrantLock();
    private boolean drained;
    private int untilLoss;

    private SerialLine(Consoles consoles, SerialEnds ends, Output output) {
        this.buffers = consoles.buffers();
        this.output = output;
        this.out = ends.out();
        this.untilLoss = ends.untilLoss();
        this.readable = consoles.loop().watch(out, EventLoop.Interest.READ, this::nowReadable);
        this.input = ends.in().map(in -> new SerialInput(consoles.loop(), in));
    }

    /// Opens the port. Drains nothing before [#start].
    ///
    /// @throws ProcessException naming what is not there, or is not what the port says
    static SerialLine open(Consoles consoles, SerialPort port, Output output) {
        var ends = SerialEnds.open(port);
        try {
            return new SerialLine(consoles, ends, output);
        } catch (ProcessException e) {
            Descriptors.close(ends.out());
            ends.in().ifPresent(Descriptors::close);
            throw e;
        }
    }

    void start() {
        readable.arm();
    }

    /// How many bytes the port took by the deadline.
    ///
    /// @throws Console.NotWritable when it takes none at all, or took none before its release
    int write(byte[] data, Deadline deadline) throws InterruptedException {
        if (input.isEmpty()) {
            throw new Console.NotWritable("this backend takes no input");
        }
        return input.get().write(data, deadline);
    }

    /// Takes what is left, then closes the port.
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
        input.ifPresent(SerialInput::release);
    }

    private void nowReadable() {
        if (goesOn(() -> pump(BURST_BYTES))) {
            LockSupport.parkNanos(GATHERING_NANOS);
            var _ =
                    goesOn(() -> {
                        readable.arm();
                        return true;
                    });
        }
    }

    private boolean goesOn(BooleanSupplier step) {
        draining.lock();
        try {
            return !drained && step.getAsBoolean();
        } finally {
            draining.unlock();
        }
    }

    /// Reads until there is nothing more or `most` is exceeded; false when reading is over.
    private boolean pump(int most) {
        var buffer = buffers.take();
        try {
            var sum = 0L;
            while (sum < most) {
                var count = Descriptors.read(out, buffer);
                if (count > 0) {
                    sum += count;
                    pass(buffer.asSlice(0, count));
                } else if (count != -Errno.EINTR) {
                    return readOn((int) -count);
                }
            }
            return true;
        } finally {
            buffers.give(buffer);
        }
    }

    private void pass(MemorySegment data) {
        if (untilLoss == 0) {
            output.take(data);
            return;
        }
        var before = (int) Math.min(untilLoss, data.byteSize());
        output.take(data.asSlice(0, before));
        untilLoss -= before;
        if (untilLoss == 0) {
            output.missing();
            if (data.byteSize() > before) {
                output.take(data.asSlice(before));
            }
        }
    }

    /// The end of the file and EIO are how a terminal says that the VMM closed its side.
    private static boolean readOn(int errno) {
        if (errno == Errno.EAGAIN) {
            return true;
        }
        if (errno != 0 && errno != Errno.EIO) {
            LOG.atError()
                    .addKeyValue("event", "console-read-failed")
                    .addKeyValue("error", Errno.text(errno))
                    .log("a console can no longer be read");
        }
        return false;
    }
}
