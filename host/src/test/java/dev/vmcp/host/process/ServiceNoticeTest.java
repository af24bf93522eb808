package dev.vmcp.host.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceNoticeTest {

    @TempDir private Path directory;

    /// On a file, and on a name of Linux' abstract kind.
    @ParameterizedTest
    @ValueSource(strings = {"", "@"})
    void theManagerHearsThatWeServeLiveAndStop(String kind) {
        var name = kind + directory.resolve("n");
        try (var manager = new Manager(name)) {
            var notice = ServiceNotice.of(Map.of("NOTIFY_SOCKET", name));
            notice.ready("3\nVMs");
            notice.alive();
            notice.stopping();

            assertThat(manager.heard()).isEqualTo("READY=1\nSTATUS=3 VMs");
            assertThat(manager.heard()).isEqualTo("WATCHDOG=1");
            assertThat(manager.heard()).isEqualTo("STOPPING=1");
        }
    }

    @Test
    void withoutAManagerNothingHappens() {
        ServiceNotice.of(Map.of()).ready("");
        ServiceNotice.of(Map.of("NOTIFY_SOCKET", directory.resolve("nobody").toString())).ready("");
        ServiceNotice.of(Map.of("NOTIFY_SOCKET", "vsock:2:1")).ready("");
    }

    @Test
    void theWatchdogsPeriodIsTheManagers() {
        var environment = Map.of("NOTIFY_SOCKET", "/n", "WATCHDOG_USEC", "30000000");
        assertThat(ServiceNotice.of(environment).watchdog()).contains(Duration.ofSeconds(30));
        assertThat(ServiceNotice.of(Map.of("WATCHDOG_USEC", "1")).watchdog()).isEmpty();
        assertThat(ServiceNotice.of(Map.of("NOTIFY_SOCKET", "/n")).watchdog()).isEmpty();
    }

    /// A service manager's socket: the JDK has no datagrams on unix sockets.
    private static final class Manager implements AutoCloseable {
        private static final int UNIX = 1;
        private static final int DATAGRAMS = 2;
        private static final int NOT_WAITING = 0x40;

        private final int descriptor;

        Manager(String name) {
            var socket =
                    Libc.bind(
                            "socket",
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
            var bind =
                    Libc.bind("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
            descriptor =
                    (int)
                            Libc.call((_, errno) ->
                                    (int) socket.invokeExact(errno, UNIX, DATAGRAMS, 0));
            var path = name.replace('@', '\0').getBytes(StandardCharsets.UTF_8);
            long bound =
                    Libc.call((arena, errno) -> {
                        var address = arena.allocate(2L + path.length);
                        address.set(JAVA_BYTE, 0, (byte) UNIX);
                        address.asSlice(2).copyFrom(java.lang.foreign.MemorySegment.ofArray(path));
                        return (int) bind.invokeExact(errno, descriptor, address, 2 + path.length);
                    });
            Libc.check(bound, "bind " + name);
        }

        String heard() {
            var receive =
                    Libc.bind(
                            "recv",
                            FunctionDescriptor.of(
                                    JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
            var text = new StringBuilder();
            Libc.check(
                    Libc.call((arena, errno) -> {
                        var buffer = arena.allocate(4096);
                        long length =
                                (long)
                                        receive.invokeExact(
                                                errno, descriptor, buffer, 4096L, NOT_WAITING);
                        for (long at = 0; at < length; at++) {
                            text.append((char) buffer.get(JAVA_BYTE, at));
                        }
                        return length;
                    }),
                    "recv");
            return text.toString();
        }

        @Override
        public void close() {
            Descriptors.close(descriptor);
        }
    }
}
