package dev.vmcp.host.console;

import dev.vmcp.host.process.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// Makes the consoles of a host, which share one event loop, read buffers and limits.
public final class Consoles {

    private final EventLoop loop;
    private final ConsoleLimits limits;
    private final Sink sink;
    private final Buffers buffers = new Buffers();

    public Consoles(EventLoop loop, ConsoleLimits limits) {
        this(loop, limits, new FileSink());
    }

    Consoles(EventLoop loop, ConsoleLimits limits, Sink sink) {
        this.loop = loop;
        this.limits = limits;
        this.sink = sink;
    }

    /// The console that keeps its output in `directory`, with what it kept there earlier. One at a
    /// time per directory.
    ///
    /// @throws UncheckedIOException when the directory cannot be made
    public Console open(Path directory) {
        try {
            return new SerialConsole(this, new ConsoleLog(directory, limits, sink));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    EventLoop loop() {
        return loop;
    }

    ConsoleLimits limits() {
        return limits;
    }

    Buffers buffers() {
        return buffers;
    }
}
