package dev.vmcp.host.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What to start, and with what: nothing else is inherited.
///
/// @param argv the program's absolute path, then its arguments
/// @param environment exactly these variables
/// @param directory the working directory
/// @param output the file that takes standard error, appended, and standard output where `serial`
///   has none
/// @param descriptors descriptors of ours that the process gets as 3, 4, …, in this order
/// @param serial FIFOs that are standard input and output, opened read-write; without them standard
///   input is `/dev/null`. With a terminal the first of `descriptors` is its master, and standard
///   input as well; what does not fit into its FIFO is lost rather than waited for
public record Spawn(
        List<String> argv,
        Map<String, String> environment,
        Path directory,
        Path output,
        List<Integer> descriptors,
        Optional<SerialPort> serial) {

    public Spawn {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        descriptors = List.copyOf(descriptors);
        if (serial.orElse(null) instanceof SerialPort.Terminal) {
            throw new IllegalStateException("serial: " + serial + " (expected: FIFOs)");
        }
    }

    /// A process whose standard input is `/dev/null`.
    public Spawn(
            List<String> argv,
            Map<String, String> environment,
            Path directory,
            Path output,
            List<Integer> descriptors) {
        this(argv, environment, directory, output, descriptors, Optional.empty());
    }

    /// The FIFO that is standard input.
    Optional<Path> input() {
        return serial.flatMap(port ->
                port instanceof SerialPort.Pipes(var in, _, _)
                        ? Optional.of(in)
                        : Optional.empty());
    }

    /// The FIFO that is standard output.
    Optional<Path> print() {
        return serial.flatMap(port ->
                switch (port) {
                    case SerialPort.Pipes(_, var out, _) -> Optional.of(out);
                    case SerialPort.OutputPipe(var out) -> Optional.of(out);
                    case SerialPort.TerminalAndPipe(_, var out) -> Optional.of(out);
                    case SerialPort.Terminal _ -> Optional.empty();
                });
    }

    boolean onTerminal() {
        return serial.orElse(null) instanceof SerialPort.TerminalAndPipe;
    }
}
