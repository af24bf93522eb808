package dev.vmcp.platform.telemetry.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalTracesTest {

    private final List<String> exported = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private final LocalTraces traces =
            new LocalTraces(
                    new Remembering(span -> exported.add(span.getName())),
                    new PerSecond(100, now::get));
    private double ratio;
    private SdkTracerProvider provider = SdkTracerProvider.builder().build();

    @AfterEach
    void close() {
        provider.close();
    }

    @Test
    void anUnsampledTraceThatSucceedsStaysHere() {
        var root = start("root", Context.root());
        start("child", under(root)).end();
        root.end();

        assertThat(exported).isEmpty();
        assertThat(traces.waiting()).isZero();
    }

    @Test
    void oneFailedSpanTakesItsWholeLocalTraceOut() {
        var root = start("root", Context.root());
        start("good child", under(root)).end();
        var failing = start("failing child", under(root));
        start("grandchild", under(failing)).end();
        failing.setStatus(StatusCode.ERROR).end();
        assertThat(exported).isEmpty();
        root.end();

        assertThat(exported)
                .containsExactlyInAnyOrder("root", "good child", "failing child", "grandchild");
        assertThat(traces.waiting()).isZero();
    }

    @Test
    void spansThatEndAfterTheirRootGoWhereItWent() {
        var failed = start("failed root", Context.root());
        var late = start("late", under(failed));
        failed.setStatus(StatusCode.ERROR).end();
        late.end();
        var fine = start("fine root", Context.root());
        var later = start("later", under(fine));
        fine.end();
        later.setStatus(StatusCode.ERROR).end();

        assertThat(exported).containsExactlyInAnyOrder("failed root", "late");
        assertThat(traces.waiting()).isZero();
    }

    @Test
    void aSampledParentAlwaysExportsAndAnUnsampledOneOnlyFailures() {
        start("below sampled", remote(TraceFlags.getSampled())).end();
        start("below unsampled", remote(TraceFlags.getDefault())).end();
        start("failed below unsampled", remote(TraceFlags.getDefault()))
                .setStatus(StatusCode.ERROR)
                .end();

        assertThat(exported).containsExactly("below sampled", "failed below unsampled");
    }

    @Test
    void atMostAHundredFailedTracesLeaveInASecond() {
        for (int i = 0; i < 250; i++) {
            start("a", Context.root()).setStatus(StatusCode.ERROR).end();
        }
        assertThat(exported).hasSize(100);
        assertThat(traces.refused()).isEqualTo(150);

        now.addAndGet(1_000_000_000);
        start("b", Context.root()).setStatus(StatusCode.ERROR).end();
        assertThat(exported).hasSize(101).last().isEqualTo("b");
    }

    @Test
    void spansWithoutRoomToWaitAreCountedAndLost() {
        var root = start("root", Context.root());
        for (int i = 0; i < LocalTraces.MOST_WAITING + 10; i++) {
            start("child", under(root)).end();
        }
        assertThat(traces.waiting()).isEqualTo(LocalTraces.MOST_WAITING);
        root.setStatus(StatusCode.ERROR).end();

        assertThat(traces.lost()).isEqualTo(11);
        assertThat(exported).hasSize(LocalTraces.MOST_WAITING);
        assertThat(traces.waiting()).isZero();
    }

    @Test
    void spansThatNeverEndAreBoundedToo() {
        var open =
                IntStream.range(0, LocalTraces.MOST_OPEN + 10)
                        .mapToObj(_ -> start("open", Context.root()))
                        .toList();
        assertThat(traces.lost()).isEqualTo(10);

        open.forEach(span -> span.setStatus(StatusCode.ERROR).end());
        assertThat(exported).hasSize(100);
        assertThat(traces.waiting()).isZero();
    }

    @Test
    void aTenthOfTheTracesIsATenth() {
        ratio = 0.1;
        var tracer = tracer();
        for (int i = 0; i < 10_000; i++) {
            tracer.spanBuilder("call").startSpan().end();
        }

        // Five standard deviations of 10,000 draws at 0.1.
        assertThat(exported.size()).isBetween(850, 1150);
    }

    private Span start(String name, Context parent) {
        return tracer().spanBuilder(name).setParent(parent).startSpan();
    }

    private Tracer tracer() {
        if (provider.getSampler().getDescription().startsWith("ParentBased")) {
            provider =
                    SdkTracerProvider.builder()
                            .setSampler(new RecordAlways(TraceRatio.of(ratio)))
                            .addSpanProcessor(traces)
                            .build();
        }
        return provider.get("test");
    }

    private static Context under(Span span) {
        return Context.root().with(span);
    }

    private static Context remote(TraceFlags flags) {
        var above =
                SpanContext.createFromRemoteParent(
                        "0af7651916cd43dd8448eb211c80319c",
                        "b7ad6b7169203331",
                        flags,
                        TraceState.getDefault());
        return Context.root().with(Span.wrap(above));
    }
}
