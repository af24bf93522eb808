package dev.vmcp.host.console;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.SerialPort;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/// The serial console of one VM, over all its launches. Positions count bytes since the VM was
/// created and survive restarts of ours. Safe for use by many threads.
public interface Console extends AutoCloseable {

    /// A piece of output.
    ///
    /// @param data read-only
    /// @param next the position after `data`
    /// @param gap how many wanted bytes before `data` are lost or no longer kept
    record Chunk(ByteBuffer data, long next, long gap) {}

    /// Why input was not taken.
    final class NotWritable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public NotWritable(String why) {
            super(why);
        }
    }

    /// Begins to drain a launch's serial port and to write to it, in place of the one before.
    ///
    /// @param copy a file that gets the output appended as well, size-capped
    void attach(SerialPort port, Optional<Path> copy);

    /// Takes what is left in the serial port and lets go of it.
    void detach();

    /// The bytes from `cursor` on, at most `max`; empty data when there are none yet. A negative
    /// cursor means that many bytes before the end.
    Chunk read(long cursor, int max);

    /// Waits until there are bytes beyond `cursor`, the console is closed, or the deadline passed.
    void awaitBeyond(long cursor, Deadline deadline) throws InterruptedException;

    /// The position after the last byte.
    long end();

    boolean closed();

    /// Sends bytes to the guest; returns how many its serial port took by the deadline. One writer
    /// at a time: others wait their turn.
    ///
    /// @throws NotWritable when no VMM runs or another writer keeps the turn until the deadline
    int write(byte[] data, Deadline deadline) throws InterruptedException;

    /// Lets go, wakes waiters; keeps what was printed.
    @Override
    void close();

    /// Closes and removes what was printed.
    void delete();
}
