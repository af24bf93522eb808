package dev.vmcp.host.driver.qemu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessRoom;
import dev.vmcp.host.vmm.JsonLines;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A monitor that lies, stammers or says nothing costs its own session only.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class QmpConnectionTest implements QmpConnection.Listener {

    private static final String GREETING = "{\"QMP\":{\"version\":{}}}\n";
    private static final String AGREED = "{\"return\":{},\"id\":1}\n";

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<String> broken = new CopyOnWriteArrayList<>();
    // Short: the monitor here is ours and binds by its full path.
    private final Path directory;
    private final ProcessRoom room;
    private final OsProcess process;

    QmpConnectionTest() throws IOException {
        directory = Files.createTempDirectory("qmp");
        room = new ProcessRoom(directory);
        process = room.spawn("/bin/sleep", "300");
    }

    @AfterEach
    void clear() throws IOException {
        room.close();
        Files.deleteIfExists(directory.resolve(QmpDial.SOCKET));
        Files.deleteIfExists(directory.resolve("output.log"));
        Files.delete(directory);
    }

    @Override
    public void event(QmpMessage.Event event) {
        events.add(event.name());
    }

    @Override
    public void broken(String why) {
        broken.add(why);
    }

    @Test
    void answersAreMatchedByIdWhateverComesBetween() throws Exception {
        var more =
                """
                {"event":"STOP","data":{}}\r
                {"return":{"status":"wrong"},"id":99}
                {"return":{"status":"running"},"id":2}
                """;
        try (var _ = monitor(GREETING, AGREED, more);
                var connection = open()) {
            assertThat(QemuStatus.word(connection.call("query-status", soon())))
                    .isEqualTo("running");
            assertThat(events).containsExactly("STOP");
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void aRefusalHasTheWordsOfTheVmm() throws Exception {
        var refusal = "{\"error\":{\"class\":\"GenericError\",\"desc\":\"not now\"},\"id\":2}\n";
        try (var _ = monitor(GREETING, AGREED, refusal);
                var connection = open()) {
            var failure = failure(() -> connection.call("cont", soon()));
            assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
            assertThat(failure).hasMessage("not now");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\n",
                "[1,2]\n",
                "{\"return\":\n",
                "\u0000\u0001\n",
                "{\"return\":"
                        + "9999999999999999999999999999999999"
                        + "9999999999999999999999999999999999"
                        + ",\"id\":2}\n"
            })
    void whatIsNoAnswerEndsTheSession(String words) throws Exception {
        try (var _ = monitor(GREETING, AGREED, words);
                var connection = open()) {
            assertThat(failure(() -> connection.call("stop", soon())).kind()).isEqualTo(Kind.GONE);
            Eventually.holds("a report", () -> broken.size() == 1);
        }
    }

    @Test
    void depthIsBounded() throws Exception {
        try (var _ = monitor(GREETING, AGREED, "{\"a\":" + "[".repeat(100_000) + "\n");
                var connection = open()) {
            assertThat(failure(() -> connection.call("stop", soon())).kind()).isEqualTo(Kind.GONE);
        }
    }

    @Test
    void aLineWithoutAnEndIsGivenUpEarly() throws Exception {
        var line = "x".repeat(4 * JsonLines.LONGEST_LINE);
        try (var _ = monitor(GREETING, AGREED, line);
                var connection = open()) {
            assertThat(failure(() -> connection.call("stop", soon())).kind()).isEqualTo(Kind.GONE);
            Eventually.holds("a report", () -> broken.size() == 1);
            assertThat(broken.getFirst()).contains("more than");
        }
    }

    @Test
    void aFloodOfEventsEndsTheSession() throws Exception {
        var flood = "{\"event\":\"RTC_CHANGE\"}\n".repeat(5000);
        try (var _ = monitor(GREETING, AGREED, flood);
                var connection = open()) {
            assertThat(failure(() -> connection.call("stop", soon())).kind()).isEqualTo(Kind.GONE);
            assertThat(events).hasSizeLessThan(5000);
        }
    }

    @Test
    void aMonitorThatSaysNothingIsSilentAndItIsSaidWhy() throws Exception {
        try (var _ = monitor("")) {
            var failure = failure(() -> open(Deadline.in(Duration.ofMillis(300))));
            assertThat(failure.kind()).isEqualTo(Kind.SILENT);
            assertThat(failure.retryable()).isTrue();
            assertThat(failure).hasMessageContaining("another client");
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void thousandsOfCallsToADeafMonitorStillAnswerInTime() throws Exception {
        try (var _ = monitor(GREETING, AGREED);
                var connection = open()) {
            for (var i = 0; i < 3000; i++) {
                var deadline = Deadline.in(Duration.ofMillis(i < 70 ? 5 : 0));
                assertThat(failure(() -> connection.call("stop", deadline)).kind())
                        .isEqualTo(Kind.SILENT);
            }
        }
    }

    @Test
    void aMonitorThatHangsUpIsReportedOnce() throws Exception {
        try (var monitor = monitor(GREETING, AGREED);
                var connection = open()) {
            monitor.hangUp();
            Eventually.holds("a report", () -> broken.size() == 1);
            assertThat(failure(() -> connection.call("stop", soon())).kind()).isEqualTo(Kind.GONE);
        }
        assertThat(broken).hasSize(1);
    }

    @Test
    void aSocketThatNobodyListensOnIsTriedUntilTheDeadline() throws Exception {
        bound().close();
        assertThat(directory.resolve(QmpDial.SOCKET)).exists();
        assertThat(failure(() -> open(Deadline.in(Duration.ofMillis(200)))).kind())
                .isEqualTo(Kind.SILENT);
    }

    private QmpConnection open() {
        return open(soon());
    }

    private QmpConnection open(Deadline deadline) {
        return QmpConnection.open(process, this, deadline);
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static DriverException failure(ThrowingCallable call) {
        var failure = catchThrowableOfType(DriverException.class, call);
        assertThat(failure).isNotNull();
        return failure;
    }

    private ServerSocketChannel bound() throws IOException {
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(directory.resolve(QmpDial.SOCKET)));
        return server;
    }

    /// A monitor that says the first words at once, and each of the others after one command.
    private Monitor monitor(String... words) throws IOException {
        var monitor = new Monitor(bound(), List.of(words), new CopyOnWriteArrayList<>());
        Thread.ofVirtual().start(monitor::serve);
        return monitor;
    }

    private record Monitor(ServerSocketChannel server, List<String> words, List<SocketChannel> open)
            implements AutoCloseable {

        void serve() {
            try {
                var client = server.accept();
                open.add(client);
                for (var i = 0; i < words.size(); i++) {
                    if (i > 0) {
                        client.read(ByteBuffer.allocate(4096));
                    }
                    var bytes = ByteBuffer.wrap(words.get(i).getBytes(UTF_8));
                    while (bytes.hasRemaining()) {
                        client.write(bytes);
                    }
                }
            } catch (IOException e) {
                // The test has ended, or our side hung up.
            }
        }

        @Override
        public void close() throws IOException {
            hangUp();
        }

        void hangUp() throws IOException {
            server.close();
            for (var client : open) {
                client.close();
            }
        }
    }
}
