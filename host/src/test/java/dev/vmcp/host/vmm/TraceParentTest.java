package dev.vmcp.host.vmm;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final ScriptedListener vmm = new ScriptedListener(socket, "HTTP/1.1 204 x\r\n\r\n");
    private final RestClient client = new RestClient(socket, Optional::empty);

    TraceParentTest() throws IOException {}

    @AfterEach
    void clear() throws IOException {
        client.close();
        vmm.close();
        Files.deleteIfExists(socket);
        Files.delete(directory);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "0, false"})
    void aRequestContinuesTheTraceOfTheStepThatAsks(double ratio, boolean sampled) {
        var step = traced(ratio, this::ask);

        assertThat(vmm.requests()).hasSize(3);
        for (var head : vmm.requests()) {
            var header = HEADER.matcher(head);
            assertThat(header.find()).as(head).isTrue();
            assertThat(header.group(1)).isEqualTo(step.getTraceId());
            // The request has a span of its own, below the step.
            assertThat(header.group(2)).isNotEqualTo(step.getSpanId());
            assertThat((Integer.parseInt(header.group(3), 16) & 1) == 1).isEqualTo(sampled);
            assertThat(head).containsOnlyOnce("traceparent");
        }
        assertThat(vmm.requests()).doesNotHaveDuplicates();
    }

    @Test
    void aRequestWithoutATraceSaysNothingOfOne() {
        ask();
        assertThat(vmm.requests()).hasSize(3).noneMatch(head -> head.contains("traceparent"));
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
}
