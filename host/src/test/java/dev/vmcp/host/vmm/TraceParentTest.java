package dev.vmcp.host.vmm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.process.Deadline;
import dev.vmcp.platform.telemetry.otel.CurrentTrace;
import dev.vmcp.platform.telemetry.otel.OtelSettings;
import dev.vmcp.platform.telemetry.otel.Step;
import dev.vmcp.platform.telemetry.otel.Telemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a VMM finds on its socket of the trace that a request belongs to, byte for byte.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class TraceParentTest {

    private static final Pattern HEADER =
            Pattern.compile("\r\ntraceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\r\n");

    // Short: the server binds by its full path.
    private final Path directory = Files.createTempDirectory("trace");
    private final Path socket = directory.resolve("api.sock");
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final ServerSocketChannel listener =
            ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private final RestClient client = new RestClient(socket, Optional::empty);

    TraceParentTest() throws IOException {
        listener.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void clear() throws IOException {
        client.close();
        listener.close();
        Files.deleteIfExists(socket);
        Files.delete(directory);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "0, false"})
    void aRequestContinuesTheTraceOfTheStepThatAsks(double ratio, boolean sampled) {
        var step = traced(ratio, this::ask);

        assertThat(heads).hasSize(3);
        for (var head : heads) {
            var header = HEADER.matcher(head);
            assertThat(header.find()).as(head).isTrue();
            assertThat(header.group(1)).isEqualTo(step.getTraceId());
            // The request has a span of its own, below the step.
            assertThat(header.group(2)).isNotEqualTo(step.getSpanId());
            assertThat((Integer.parseInt(header.group(3), 16) & 1) == 1).isEqualTo(sampled);
            assertThat(head).containsOnlyOnce("traceparent");
        }
        assertThat(heads).doesNotHaveDuplicates();
    }

    @Test
    void aRequestWithoutATraceSaysNothingOfOne() {
        ask();
        assertThat(heads).hasSize(3).noneMatch(head -> head.contains("traceparent"));
    }

    private void ask() {
        var soon = Deadline.in(Duration.ofSeconds(20));
        assertThat(client.get("/", soon)).isEmpty();
        assertThat(client.put("/a", Map.of("b", "c"), soon)).isEmpty();
        assertThat(client.put("/a", Map.of("b", "c"), List.of(), soon)).isEmpty();
    }

    /// Runs it as a step of a trace; returns which.
    private static SpanContext traced(double ratio, Runnable work) {
        var nobody = "http://127.0.0.1:9";
        var settings =
                new OtelSettings(
                        "test", "1", "one", ratio, nobody, OtelSettings.Protocol.HTTP, false);
        try (var telemetry = Telemetry.start(settings)) {
            return Step.begin(telemetry.work(), "test", SpanKind.INTERNAL)
                    .call(() -> {
                        work.run();
                        return Span.fromContext(CurrentTrace.get()).getSpanContext();
                    });
        }
    }

    private void serve() {
        try {
            while (true) {
                try (var channel = listener.accept()) {
                    heads.add(read(channel));
                    channel.write(ByteBuffer.wrap("HTTP/1.1 204 x\r\n\r\n".getBytes(UTF_8)));
                    // Until our side hangs up.
                    var _ = channel.read(ByteBuffer.allocate(1));
                }
            }
        } catch (IOException e) {
            // The test has ended.
        }
    }

    private static String read(SocketChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(1 << 16);
        while (true) {
            var text = new String(buffer.array(), 0, buffer.position(), UTF_8);
            int end = text.indexOf("\r\n\r\n");
            boolean body = text.startsWith("PUT");
            if ((end >= 0 && (!body || text.endsWith("}"))) || channel.read(buffer) < 0) {
                return text;
            }
        }
    }
}
