package dev.vmcp.platform.telemetry.otel;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.http.WebRequest;
import dev.vmcp.platform.rpc.RpcServer;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Receives OTLP over HTTP and over gRPC and reads it by the published protocol definitions.
public final class OtlpReceiver implements AutoCloseable {

    private final Queue<ResourceSpans> traces = new ConcurrentLinkedQueue<>();
    private final Queue<Metric> metrics = new ConcurrentLinkedQueue<>();
    private final RpcServer server =
            RpcServer.builder()
                    .bind("127.0.0.1", 0)
                    .route("/v1/traces", this::traces)
                    .route("/v1/metrics", this::metrics)
                    .service(new Traces())
                    .service(new Metrics())
                    .build();

    public OtlpReceiver() {
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    public List<ResourceSpans> resourceSpans() {
        return List.copyOf(traces);
    }

    public List<Span> spans() {
        return traces.stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }

    public List<Metric> metrics() {
        return List.copyOf(metrics);
    }

    private WebReply traces(WebRequest request) {
        try {
            keep(ExportTraceServiceRequest.parseFrom(request.body()));
        } catch (InvalidProtocolBufferException e) {
            return WebReply.text(400, String.valueOf(e.getMessage()));
        }
        var body = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
        return WebReply.of(200, "application/x-protobuf", body);
    }

    private WebReply metrics(WebRequest request) {
        try {
            keep(ExportMetricsServiceRequest.parseFrom(request.body()));
        } catch (InvalidProtocolBufferException e) {
            return WebReply.text(400, String.valueOf(e.getMessage()));
        }
        var body = ExportMetricsServiceResponse.getDefaultInstance().toByteArray();
        return WebReply.of(200, "application/x-protobuf", body);
    }

    private void keep(ExportTraceServiceRequest request) {
        traces.addAll(request.getResourceSpansList());
    }

    private void keep(ExportMetricsServiceRequest request) {
        request.getResourceMetricsList().stream()
                .flatMap(resource -> resource.getScopeMetricsList().stream())
                .flatMap(scope -> scope.getMetricsList().stream())
                .forEach(metrics::add);
    }

    @Override
    public void close() {
        stop(server);
    }

    /// Its event loops take two seconds to end, which nobody has to wait for.
    static void stop(RpcServer server) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        server.stop(Duration.ZERO);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private final class Traces extends TraceServiceGrpc.TraceServiceImplBase {
        @Override
        public void export(
                ExportTraceServiceRequest request,
                StreamObserver<ExportTraceServiceResponse> answer) {
            keep(request);
            answer.onNext(ExportTraceServiceResponse.getDefaultInstance());
            answer.onCompleted();
        }
    }

    private final class Metrics extends MetricsServiceGrpc.MetricsServiceImplBase {
        @Override
        public void export(
                ExportMetricsServiceRequest request,
                StreamObserver<ExportMetricsServiceResponse> answer) {
            keep(request);
            answer.onNext(ExportMetricsServiceResponse.getDefaultInstance());
            answer.onCompleted();
        }
    }
}
