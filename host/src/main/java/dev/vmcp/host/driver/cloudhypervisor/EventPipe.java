package dev.vmcp.host.driver.cloudhypervisor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.vmm.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The FIFO that the VMM's event monitor writes: JSON objects, each followed by an empty line.
///
/// The VMM writes without waiting and loses what does not fit, be it that nobody has the FIFO open;
/// it takes no harm. Costs one descriptor and no thread.
final class EventPipe implements AutoCloseable {

    static final String NAME = "events";

    private static final int LONGEST = 64 << 10;
    private static final String BETWEEN = "\n\n";

    /// Called one event after the other.
    interface Listener {
        void event(String source, String name);

        /// Something was lost or is no event.
        void gap();
    }

    private final int descriptor;
    private final EventLoop loop;
    private final ReentrantLock reading = new ReentrantLock();
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private EventLoop.@Nullable Watch watch;
    private boolean closed;

    private EventPipe(int descriptor, EventLoop loop) {
        this.descriptor = descriptor;
        this.loop = loop;
    }

    static void lay(Launch launch) {
        Fifos.make(launch.directory().resolve(NAME), launch.uid());
    }

    /// Opens our end, without which the VMM does not start.
    ///
    /// @throws ProcessException when it is not there
    static EventPipe open(Launch launch, EventLoop loop) {
        return new EventPipe(Fifos.open(launch.directory().resolve(NAME)), loop);
    }

    /// Forgets what was written so far.
    void skip() {
        reading.lock();
        try {
            take();
            pending.reset();
        } finally {
            reading.unlock();
        }
    }

    void follow(Listener listener) {
        reading.lock();
        try {
            watch = loop.watch(descriptor, EventLoop.Interest.READ, () -> ready(listener));
            watch.arm();
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void close() {
        reading.lock();
        try {
            if (!closed) {
                closed = true;
                if (watch != null) {
                    watch.close();
                }
                Descriptors.close(descriptor);
            }
        } finally {
            reading.unlock();
        }
    }

    private void ready(Listener listener) {
        String text;
        reading.lock();
        try {
            if (closed) {
                return;
            }
            take();
            text = whole();
        } finally {
            reading.unlock();
        }
        for (var piece : text.split(BETWEEN, -1)) {
            if (!piece.isBlank()) {
                tell(piece, listener);
            }
        }
        reading.lock();
        try {
            if (!closed && watch != null) {
                watch.arm();
            }
        } finally {
            reading.unlock();
        }
    }

    private void take() {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(LONGEST);
            var count = Descriptors.read(descriptor, buffer);
            if (count > 0) {
                pending.writeBytes(buffer.asSlice(0, count).toArray(JAVA_BYTE));
            }
        }
    }

    /// What is complete of what was read; the rest stays, within bounds.
    private String whole() {
        var text = pending.toString(StandardCharsets.UTF_8);
        var end = text.lastIndexOf(BETWEEN);
        var rest = end < 0 ? text : text.substring(end + BETWEEN.length());
        pending.reset();
        if (rest.length() < LONGEST) {
            pending.writeBytes(rest.getBytes(StandardCharsets.UTF_8));
        }
        return end < 0 ? "" : text.substring(0, end);
    }

    private static void tell(String piece, Listener listener) {
        var bytes = piece.getBytes(StandardCharsets.UTF_8);
        try {
            var event = Json.read(bytes, 0, bytes.length);
            listener.event(String.valueOf(event.get("source")), String.valueOf(event.get("event")));
        } catch (IOException e) {
            listener.gap();
        }
    }
}
