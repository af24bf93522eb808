package dev.vmcp.platform.telemetry.otel;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.vmcp.platform.telemetry.Logs;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// What an operator reads of a receiver that goes away.
final class ReceiverNoticeTest {

    private static final Logger ROOT =
            (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    private final Queue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> reader =
            new AppenderBase<>() {
                @Override
                protected void append(ILoggingEvent line) {
                    if (line.getLoggerName().contains("telemetry")) {
                        lines.add(line);
                    }
                }
            };

    @BeforeEach
    void listen() {
        Logs.start(Logs.Format.JSON, org.slf4j.event.Level.INFO);
        reader.start();
        ROOT.addAppender(reader);
    }

    @AfterEach
    void leave() {
        ROOT.detachAppender(reader);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "grpc"})
    void aReceiverThatIsDownIsOneLineWithoutAStackHoweverOftenItIsTried(String protocol) {
        String closed;
        try (var receiver = new OtlpReceiver()) {
            closed = receiver.url();
        }
        SpanExporter raw =
                protocol.equals("http")
                        ? OtlpHttpSpanExporter.builder()
                                .setEndpoint(closed + "/v1/traces")
                                .setRetryPolicy(null)
                                .build()
                        : OtlpGrpcSpanExporter.builder()
                                .setEndpoint(closed)
                                .setRetryPolicy(null)
                                .build();
        try (var exporter = new CountedExporter(raw, new ReceiverNotice("traces", closed))) {
            for (int i = 0; i < 2; i++) {
                var result = exporter.export(List.of()).join(20, TimeUnit.SECONDS);
                assertThat(result.isDone() && !result.isSuccess()).isTrue();
            }
        }

        assertThat(lines).extracting(ILoggingEvent::getLevel).containsExactly(Level.WARN);
        var line = lines.element();
        assertThat(line.getThrowableProxy()).isNull();
        assertThat(line.getKeyValuePairs())
                .extracting(pair -> pair.key + "=" + pair.value)
                .contains("event=telemetry.unsent", "signal=traces", "endpoint=" + closed)
                .noneMatch(pair -> pair.equals("error=null"));
    }

    @Test
    void itsReturnIsToldOnceToo() {
        var notice = new ReceiverNotice("metrics", "http://127.0.0.1:4318");
        var took = CompletableResultCode.ofSuccess();
        for (var result : List.of(took, CompletableResultCode.ofFailure(), took, took)) {
            assertThat(notice.follow(result)).isSameAs(result);
        }
        assertThat(lines)
                .extracting(ILoggingEvent::getLevel)
                .containsExactly(Level.WARN, Level.INFO);
    }
}
