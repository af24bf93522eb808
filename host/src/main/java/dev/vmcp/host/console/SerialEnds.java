package dev.vmcp.host.console;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Terminals;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Our open ends of a serial port.
///
/// @param in empty where the guest cannot be sent anything
/// @param untilLoss after how many bytes of output some are missing, nobody knows how many; 0 =
///   none are
record SerialEnds(Optional<Integer> in, int out, int untilLoss) {

    private static final Logger LOG = LoggerFactory.getLogger(SerialEnds.class);

    /// What the guest may print while nobody reads, be it that we are dead.
    static final int OUTPUT_PIPE_BYTES = 1 << 20;

    /// Little, so that what the FIFO took is nearly what the guest took.
    private static final int INPUT_PIPE_BYTES = 4096;

    /// @throws ProcessException naming what is not there, or is not what the port says
    static SerialEnds open(SerialPort port) {
        return switch (port) {
            case SerialPort.Pipes(var in, var out, var drops) -> {
                var input = Fifos.open(in);
                Descriptors.resizePipe(input, INPUT_PIPE_BYTES);
                var ends = beside(input, () -> output(out));
                yield drops ? ends.afterDrops() : ends;
            }
            case SerialPort.OutputPipe(var out) -> new SerialEnds(Optional.empty(), output(out), 0);
            case SerialPort.TerminalAndPipe(var in, var out) ->
                    beside(Terminals.open(in), () -> output(out));
            case SerialPort.Terminal(var path) -> {
                var both = Terminals.open(path);
                // The event loop watches a descriptor for one thing only.
                yield beside(both, () -> Descriptors.duplicate(both, 0));
            }
        };
    }

    /// What a VMM printed into a full FIFO while nobody read it has thrown away.
    private SerialEnds afterDrops() {
        return new SerialEnds(in, out, Descriptors.full(out));
    }

    private interface Opening {
        int open();
    }

    private static SerialEnds beside(int input, Opening output) {
        try {
            return new SerialEnds(Optional.of(input), output.open(), 0);
        } catch (ProcessException e) {
            Descriptors.close(input);
            throw e;
        }
    }

    private static int output(Path path) {
        var out = Fifos.open(path);
        if (!Descriptors.resizePipe(out, OUTPUT_PIPE_BYTES)) {
            LOG.atDebug()
                    .addKeyValue("event", "console-pipe-small")
                    .addKeyValue("fifo", path)
                    .log("the kernel refuses a larger pipe");
        }
        return out;
    }
}
