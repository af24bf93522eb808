package dev.vmcp.host.process;

import java.nio.file.Path;

/// Where the ends of a VMM's serial port are.
public sealed interface SerialPort {

    /// Two FIFOs: what the VMM reads its guest's input from, and where it writes the output.
    ///
    /// @param drops whether the VMM throws away what a full FIFO does not take; else it waits
    record Pipes(Path in, Path out, boolean drops) implements SerialPort {

        /// For a VMM that waits until its output is read.
        public Pipes(Path in, Path out) {
            this(in, out, false);
        }
    }

    /// One FIFO: the guest prints, and there is no way to send it anything.
    record OutputPipe(Path out) implements SerialPort {}

    /// A pseudo-terminal, of which the VMM holds the other side, for what the guest is sent, and a
    /// FIFO for what it prints.
    record TerminalAndPipe(Path in, Path out) implements SerialPort {}

    /// The other side of a pseudo-terminal that the VMM holds, such as `/dev/pts/5`.
    record Terminal(Path path) implements SerialPort {}
}
