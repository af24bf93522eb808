package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.PassingSocket;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.vmm.Json;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// A session of some commands with QEMU's second monitor, over which open descriptors go along. A
/// descriptor that `getfd` named is known to this session only. For one thread.
final class PassingMonitor implements AutoCloseable {

    static final String SOCKET = "fds.sock";

    private static final int EAGAIN = 11;
    private static final int CHUNK = 4096;
    private static final Duration PAUSE = Duration.ofMillis(1);

    private final PassingSocket socket;
    private final QmpLines lines;
    private Deadline deadline;
    private long ids;

    private PassingMonitor(PassingSocket socket, Deadline deadline) {
        this.socket = socket;
        this.lines = new QmpLines(new Incoming());
        this.deadline = deadline;
    }

    /// @throws DriverException when QEMU does not greet by the deadline
    static PassingMonitor open(OsProcess process, Deadline deadline) {
        var path = Path.of("/proc/" + process.id().pid() + "/cwd/" + SOCKET);
        var monitor = new PassingMonitor(dial(path, deadline), deadline);
        try {
            monitor.call("qmp_capabilities", Map.of(), List.of(), deadline);
            return monitor;
        } catch (RuntimeException e) {
            monitor.close();
            throw e;
        }
    }

    /// Its backlog is one: while QEMU has not accepted the session before, it refuses.
    private static PassingSocket dial(Path path, Deadline deadline) {
        while (true) {
            try {
                return PassingSocket.connect(path);
            } catch (ProcessException e) {
                if (deadline.passed()) {
                    throw new DriverException(Kind.SILENT, String.valueOf(e.getMessage()), e);
                }
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /// Gives a command with descriptors, which stay open here, and returns what it answers.
    Map<String, Object> call(
            String command, Map<String, ?> arguments, List<Integer> descriptors, Deadline until) {
        deadline = until;
        long id = ++ids;
        var line = new LinkedHashMap<String, Object>();
        line.put("execute", command);
        line.put("arguments", arguments);
        line.put("id", id);
        try {
            socket.send((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8), descriptors);
            return answer(id);
        } catch (ProcessException | IOException e) {
            throw new DriverException(Kind.GONE, "QEMU: " + e.getMessage(), e);
        }
    }

    private Map<String, Object> answer(long id) throws IOException {
        while (true) {
            // Who talks all the time is never waited for, and would never be given up.
            if (deadline.passed()) {
                throw new DriverException(Kind.SILENT, "QEMU did not answer in time");
            }
            var line = lines.next().orElseThrow(() -> new IOException("its monitor hung up"));
            switch (QmpMessage.of(line)) {
                case QmpMessage.Return(var which, var result) when which == id -> {
                    return Json.object(result);
                }
                case QmpMessage.Refusal(var which, var words) when which == id ->
                        throw new DriverException(Kind.REFUSED, words);
                case QmpMessage.Return _,
                        QmpMessage.Refusal _,
                        QmpMessage.Greeting _,
                        QmpMessage.Event _ -> {}
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }

    /// What arrives, waited for until the deadline of the call.
    private final class Incoming implements ReadableByteChannel {

        @Override
        public int read(ByteBuffer into) {
            try (var arena = Arena.ofConfined()) {
                var chunk = arena.allocate(Math.min(CHUNK, into.remaining()));
                long got = socket.receive(chunk);
                while (got == -EAGAIN) {
                    if (deadline.passed()) {
                        throw new DriverException(Kind.SILENT, "QEMU did not answer in time");
                    }
                    if (Thread.currentThread().isInterrupted()) {
                        throw new DriverException(
                                Kind.SILENT, "interrupted while QEMU was to answer");
                    }
                    LockSupport.parkNanos(PAUSE.toNanos());
                    got = socket.receive(chunk);
                }
                if (got <= 0) {
                    return -1;
                }
                MemorySegment.copy(
                        chunk,
                        java.lang.foreign.ValueLayout.JAVA_BYTE,
                        0,
                        into.array(),
                        into.arrayOffset() + into.position(),
                        (int) got);
                into.position(into.position() + (int) got);
                return (int) got;
            }
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
