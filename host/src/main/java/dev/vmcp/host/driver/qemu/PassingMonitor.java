package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.vmm.Json;
import dev.vmcp.host.vmm.JsonLines;
import dev.vmcp.host.vmm.PassingChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
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

    private static final Duration PAUSE = Duration.ofMillis(1);

    private final PassingChannel channel;
    private final JsonLines lines;
    private Deadline deadline;
    private long ids;

    private PassingMonitor(Path path, Deadline deadline) throws IOException {
        this.deadline = deadline;
        this.channel = PassingChannel.dial(path, this::pause);
        this.lines = new JsonLines(channel);
    }

    /// @throws DriverException when QEMU does not greet by the deadline
    static PassingMonitor open(OsProcess process, Deadline deadline) {
        try {
            var path = Path.of("/proc/" + process.id().pid() + "/cwd/" + SOCKET);
            var monitor = new PassingMonitor(path, deadline);
            try {
                monitor.call("qmp_capabilities", Map.of(), List.of(), deadline);
                return monitor;
            } catch (RuntimeException e) {
                monitor.close();
                throw e;
            }
        } catch (IOException e) {
            throw new DriverException(Kind.GONE, "QEMU: " + e.getMessage(), e);
        }
    }

    private void pause() {
        if (deadline.passed()) {
            throw new DriverException(Kind.SILENT, "QEMU did not answer in time");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new DriverException(Kind.SILENT, "interrupted while QEMU was to answer");
        }
        LockSupport.parkNanos(PAUSE.toNanos());
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
            var bytes = (Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8);
            channel.send(ByteBuffer.wrap(bytes), descriptors);
            return answer(id);
        } catch (IOException e) {
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
        channel.close();
    }
}
