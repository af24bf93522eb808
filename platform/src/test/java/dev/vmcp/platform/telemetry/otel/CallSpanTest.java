package dev.vmcp.platform.telemetry.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.platform.rpc.call.RpcProtocol;
import io.grpc.Status.Code;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The span of a call beside those of the SDK that are below it.
class CallSpanTest {

    private static final Duration TOOK = Duration.ofMillis(3);

    private final List<SpanData> exported = new ArrayList<>();
    private final LocalTraces traces = new LocalTraces(new Remembering(exported::add), () -> true);
    private final SdkTracerProvider provider =
            SdkTracerProvider.builder()
                    .setSampler(new RecordAlways(TraceRatio.of(0)))
                    .addSpanProcessor(traces)
                    .build();

    @AfterEach
    void close() {
        provider.close();
    }

    @Test
    void aFailedCallTakesOutWhatWasBelowIt() {
        var call = begin(0, SpanContext.getInvalid());
        var child = child("child", call);
        child("grandchild", child).end();
        child.end();
        assertThat(exported).isEmpty();
        end(call, Code.NOT_FOUND);

        assertThat(exported)
                .extracting(SpanData::getName)
                .containsExactlyInAnyOrder("a.B/C", "child", "grandchild");
        assertThat(exported)
                .extracting(SpanData::getTraceId)
                .containsOnly(call.getSpanContext().getTraceId());
        assertThat(traces.waiting()).isZero();
    }

    @Test
    void aFailureBelowACallThatSucceedsTakesItOut() {
        var call = begin(0, SpanContext.getInvalid());
        child("child", call).setStatus(StatusCode.ERROR).end();
        end(call, Code.OK);

        assertThat(exported)
                .extracting(SpanData::getName)
                .containsExactlyInAnyOrder("child", "a.B/C");
    }

    @Test
    void aCallThatSucceedsLeavesNothing() {
        var alone = begin(0, SpanContext.getInvalid());
        end(alone, Code.OK);
        var call = begin(0, SpanContext.getInvalid());
        child("child", call).end();
        end(call, Code.OK);

        assertThat(exported).isEmpty();
        assertThat(traces.waiting()).isZero();
    }

    @Test
    void spansThatBeginAfterTheirCallGoWhereItWent() {
        var fine = begin(0, SpanContext.getInvalid());
        end(fine, Code.OK);
        child("late", fine).setStatus(StatusCode.ERROR).end();
        var failed = begin(0, SpanContext.getInvalid());
        end(failed, Code.INTERNAL);
        child("later", failed).end();

        assertThat(exported).extracting(SpanData::getName).containsExactly("a.B/C", "later");
        assertThat(traces.waiting()).isZero();
    }

    @Test
    void aCallIsPartOfWhatItsCallerSays() {
        for (var flags : List.of(TraceFlags.getSampled(), TraceFlags.getDefault())) {
            var above =
                    SpanContext.createFromRemoteParent(
                            "0af7651916cd43dd8448eb211c80319c",
                            "b7ad6b7169203331",
                            flags,
                            TraceState.getDefault());
            var call = begin(0.5, above);
            assertThat(call.getSpanContext().getTraceId()).isEqualTo(above.getTraceId());
            assertThat(call.getSpanContext().getTraceFlags()).isEqualTo(flags);
            assertThat(child("child", call).getSpanContext().isSampled())
                    .isEqualTo(flags.isSampled());
            end(call, Code.OK);
        }

        assertThat(exported).hasSize(1);
        assertThat(exported.getFirst().getParentSpanId()).isEqualTo("b7ad6b7169203331");
    }

    @Test
    void itLastsAsLongAsTheCallAndSaysWhatTheCallWas() {
        var before = Clock.getDefault().now();
        var call = begin(1, SpanContext.getInvalid());
        end(call, Code.CANCELLED);

        var span = exported.getFirst();
        assertThat(span.getEndEpochNanos() - span.getStartEpochNanos()).isEqualTo(TOOK.toNanos());
        assertThat(span.getEndEpochNanos()).isBetween(before, Clock.getDefault().now());
        assertThat(span.getStatus().getDescription()).isEqualTo("canceled");
        assertThat(span.getAttributes().asMap()).hasSize(3);
        assertThat(span.getAttributes().asMap().values())
                .containsExactlyInAnyOrder("usual", "r-1", "canceled");
    }

    @Test
    void aTenthOfTheCallsIsATenthAndEachHasIdsOfItsOwn() {
        var ids = new HashSet<String>();
        for (int i = 0; i < 10_000; i++) {
            var call = begin(0.1, SpanContext.getInvalid());
            assertThat(call.getSpanContext().isValid()).isTrue();
            ids.add(call.getSpanContext().getTraceId());
            ids.add(call.getSpanContext().getSpanId());
            end(call, Code.OK);
        }

        assertThat(ids).hasSize(20_000);
        // Five standard deviations of 10,000 draws at 0.1.
        assertThat(exported.size()).isBetween(850, 1150);
        assertThat(exported)
                .allSatisfy(
                        span -> assertThat(TraceRatio.of(0.1).samples(span.getTraceId())).isTrue());
    }

    private CallSpan begin(double ratio, SpanContext above) {
        var spans =
                new CallSpans(
                        TraceRatio.of(ratio),
                        traces,
                        Resource.empty(),
                        InstrumentationScopeInfo.create("test"),
                        Clock.getDefault());
        return spans.begin(
                "a.B/C", above, Attributes.builder().put("kind", "usual").build(), "r-1");
    }

    private static void end(CallSpan call, Code code) {
        call.end(CallEnd.of(RpcProtocol.CONNECT, code), TOOK);
    }

    private Span child(String name, Span above) {
        return provider.get("test")
                .spanBuilder(name)
                .setParent(Context.root().with(above))
                .startSpan();
    }
}
