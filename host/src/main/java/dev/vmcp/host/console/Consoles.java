package dev.vmcp.host.console;

import dev.vmcp.host.process.EventLoop;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;

/// Makes the consoles of a host, which share one event loop, read buffers and limits.
public final class Consoles {

    private final EventLoop loop;
    private final ConsoleLimits limits;
    private final Sink sink;
    private final Buffers buffers = new Buffers();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder lostBytes = new LongAdder();

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
    public Console open(Path directory) {
        return new SerialConsole(this, new ConsoleLog(directory, limits, sink));
    }

    /// What guests printed since the host started.
    public long bytes() {
        return bytes.sum();
    }

    /// What of it could not be kept.
    public long lostBytes() {
        return lostBytes.sum();
    }

    void count(long printed, long lost) {
        bytes.add(printed);
        lostBytes.add(lost);
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
