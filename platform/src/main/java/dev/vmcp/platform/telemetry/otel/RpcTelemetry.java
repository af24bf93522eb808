package dev.vmcp.platform.telemetry.otel;

import static io.opentelemetry.api.common.AttributeKey.stringKey;

import dev.vmcp.platform.rpc.call.CallInfo;
import dev.vmcp.platform.rpc.call.CallRecord;
import dev.vmcp.platform.rpc.call.RpcObserver;
import dev.vmcp.platform.rpc.call.RpcProtocol;
import dev.vmcp.platform.rpc.connect.ConnectCode;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One server span for each call, named by its procedure, and the metrics `rpc_server_*`. Follows
/// the semantic conventions for RPC and W3C Trace Context.
public final class RpcTelemetry implements RpcObserver {

    private static final AttributeKey<String> SYSTEM = stringKey("rpc.system");
    private static final AttributeKey<String> RPC_SERVICE = stringKey("rpc.service");
    private static final AttributeKey<String> RPC_METHOD = stringKey("rpc.method");

    /// From a read out of memory to the boot of a large guest.
    private static final List<Double> SECONDS =
            List.of(
                    .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1.0, 2.5, 5.0, 10.0,
                    30.0, 60.0);

    private static final Metric REQUESTS =
            Metric.counter(
                    "rpc_server_requests_total",
                    "Calls that ended, by method and status",
                    "rpc_method",
                    "rpc_status");
    private static final Metric DURATION =
            Metric.durations(
                    "rpc_server_request_duration_seconds",
                    SECONDS,
                    "From the head of a request to the end of its answer",
                    "rpc_method");
    private static final Metric ACTIVE =
            Metric.gauge("rpc_server_active_requests", "Calls under way", "rpc_method");

    /// What calls are counted and timed by.
    public static final List<Metric> METRICS = List.of(REQUESTS, DURATION, ACTIVE);

    private static final AttributeKey<String> METHOD = REQUESTS.label("rpc_method");
    private static final AttributeKey<String> STATUS = REQUESTS.label("rpc_status");

    private final CallSpans spans;
    private final Context work;
    private final ConcurrentMap<String, Method> methods = new ConcurrentHashMap<>();
    private final DoubleHistogram duration;

    public RpcTelemetry(Telemetry telemetry) {
        spans = telemetry.calls();
        work = telemetry.work();
        var meter = telemetry.meter();
        duration = DURATION.durations(meter);
        REQUESTS.observeWhole(meter, to -> methods.values().forEach(method -> method.ended(to)));
        ACTIVE.observeWhole(meter, to -> methods.values().forEach(method -> method.active(to)));
    }

    @Override
    public io.grpc.Context began(CallInfo info, Metadata headers, io.grpc.Context context) {
        var method = method(info.procedure());
        method.active().increment();
        var parent =
                headers.containsKey(FromMetadata.PARENT)
                        ? W3CTraceContextPropagator.getInstance()
                                .extract(work, headers, FromMetadata.ONE)
                        : work;
        var span =
                spans.begin(
                        info.procedure(),
                        Span.fromContext(parent).getSpanContext(),
                        method.usual(info.protocol()),
                        info.requestId());
        return CurrentTrace.in(context, parent.with(span));
    }

    /// Few, for a call of a method that is not served is no call.
    private Method method(String procedure) {
        var known = methods.get(procedure);
        return known == null ? methods.computeIfAbsent(procedure, Method::of) : known;
    }

    @Override
    public void ended(CallRecord record) {
        var method = method(record.procedure());
        method.active().decrement();
        method.ended(record.code()).increment();
        duration.record(record.duration().toNanos() / 1e9, method.labels(), Context.root());
        if (Span.fromContext(CurrentTrace.of(record.context())) instanceof CallSpan span) {
            span.end(CallEnd.of(record.protocol(), record.code()), record.duration());
        }
    }

    /// The calls of one method. Counted here and not by instruments, of which each call would have
    /// to pass one for every way that metrics leave by.
    ///
    /// @param connect what the spans of its calls have in common
    /// @param grpc the same, of calls by the other protocols
    /// @param ended how many calls, by the number of their code
    private record Method(
            Attributes connect,
            Attributes grpc,
            Attributes labels,
            LongAdder active,
            List<LongAdder> ended) {

        static Method of(String procedure) {
            return new Method(
                    usual("connect_rpc", procedure),
                    usual("grpc", procedure),
                    Attributes.of(METHOD, procedure),
                    new LongAdder(),
                    Stream.generate(LongAdder::new).limit(Code.values().length).toList());
        }

        private static Attributes usual(String system, String procedure) {
            int slash = procedure.indexOf('/');
            return Attributes.of(
                    SYSTEM,
                    system,
                    RPC_SERVICE,
                    procedure.substring(0, slash),
                    RPC_METHOD,
                    procedure.substring(slash + 1));
        }

        Attributes usual(RpcProtocol protocol) {
            return switch (protocol) {
                case CONNECT -> connect;
                case GRPC, GRPC_WEB -> grpc;
            };
        }

        LongAdder ended(Code code) {
            return ended.get(code.value());
        }

        void active(ObservableLongMeasurement to) {
            to.record(active.sum(), labels);
        }

        void ended(ObservableLongMeasurement to) {
            for (var code : Code.values()) {
                long count = ended(code).sum();
                if (count > 0) {
                    var status = code == Code.OK ? "ok" : ConnectCode.name(code);
                    to.record(count, labels.toBuilder().put(STATUS, status).build());
                }
            }
        }
    }

    private enum FromMetadata implements TextMapGetter<Metadata> {
        ONE;

        static final Metadata.Key<String> PARENT =
                Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

        @Override
        public Iterable<String> keys(Metadata carrier) {
            return carrier.keys();
        }

        @Override
        public @Nullable String get(@Nullable Metadata carrier, String key) {
            return carrier == null
                    ? null
                    : carrier.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
        }
    }
}
