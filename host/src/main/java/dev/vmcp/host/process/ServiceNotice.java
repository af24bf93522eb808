package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells a service manager how we are, by the datagrams of sd_notify(3). Without one nothing is
/// said. A manager that does not listen is none of our troubles.
public final class ServiceNotice {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceNotice.class);
    private static final int UNIX = 1;
    private static final int DATAGRAM_CLOEXEC = 2 | 0x80000;
    private static final int FAMILY_BYTES = 2;
    private static final int LONGEST = 107;
    private static final int NO_SIGNAL = 0x4000;

    private final String socket;
    private final long watchdogMicros;

    private ServiceNotice(String socket, long watchdogMicros) {
        this.socket = socket;
        this.watchdogMicros = watchdogMicros;
    }

    /// @param environment `NOTIFY_SOCKET` and `WATCHDOG_USEC` are read
    public static ServiceNotice of(Map<String, String> environment) {
        var socket = environment.getOrDefault("NOTIFY_SOCKET", "");
        boolean usable =
                (socket.startsWith("/") || socket.startsWith("@"))
                        && socket.length() > 1
                        && socket.length() <= LONGEST;
        return new ServiceNotice(
                usable ? socket : "", micros(environment.getOrDefault("WATCHDOG_USEC", "")));
    }

    private static long micros(String text) {
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    /// How often [#alive] is expected; empty where nobody watches.
    public Optional<Duration> watchdog() {
        return socket.isEmpty() || watchdogMicros == 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(watchdogMicros * 1000));
    }

    /// We serve.
    ///
    /// @param status one line for people
    public void ready(String status) {
        send("READY=1\nSTATUS=" + status.replace('\n', ' '));
    }

    public void stopping() {
        send("STOPPING=1");
    }

    public void alive() {
        send("WATCHDOG=1");
    }

    private void send(String state) {
        if (socket.isEmpty()) {
            return;
        }
        long sent = Libc.call((arena, errno) -> send(state, arena, errno));
        if (sent < 0) {
            LOG.atDebug()
                    .addKeyValue("event", "service-notice")
                    .addKeyValue("error", Errno.text((int) -sent))
                    .log("the service manager was not told");
        }
    }

    private long send(String state, Arena arena, MemorySegment errno) throws Throwable {
        int descriptor = (int) Calls.SOCKET.invokeExact(errno, UNIX, DATAGRAM_CLOEXEC, 0);
        if (descriptor < 0) {
            return -1;
        }
        try {
            var path = socket.getBytes(StandardCharsets.UTF_8);
            var address = arena.allocate(FAMILY_BYTES + path.length + 1L);
            address.set(JAVA_BYTE, 0, (byte) UNIX);
            address.asSlice(FAMILY_BYTES).copyFrom(MemorySegment.ofArray(path));
            boolean hidden = path[0] == '@';
            if (hidden) {
                address.set(JAVA_BYTE, FAMILY_BYTES, (byte) 0);
            }
            var text = arena.allocateFrom(state);
            int length = FAMILY_BYTES + path.length + (hidden ? 0 : 1);
            return (long)
                    Calls.SEND.invokeExact(
                            errno,
                            descriptor,
                            text,
                            text.byteSize() - 1,
                            NO_SIGNAL,
                            address,
                            length);
        } finally {
            Descriptors.close(descriptor);
        }
    }

    /// Bound when first needed: where there is no service manager, never.
    private static final class Calls {
        static final MethodHandle SOCKET =
                Libc.bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        static final MethodHandle SEND =
                Libc.bind(
                        "sendto",
                        FunctionDescriptor.of(
                                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS,
                                JAVA_INT));
    }
}
