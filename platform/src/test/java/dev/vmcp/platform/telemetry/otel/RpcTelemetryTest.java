package dev.vmcp.platform.telemetry.otel;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.vmcp.platform.http.WebRequest;
import dev.vmcp.platform.rpc.RpcServer;
import dev.vmcp.platform.telemetry.otel.OtelSettings.Protocol;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RpcTelemetryTest {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void aCallIsOneServerSpanFieldByField(Protocol protocol) throws Exception {
        try (var receiver = new OtlpReceiver()) {
            try (var rig = new Rig(settings(receiver.url(), 1, protocol))) {
                rig.call("", "traceparent", "00-" + TRACE + "-" + PARENT + "-01");
            }

            var span = only(receiver.spans());
            assertThat(span.getName()).isEqualTo("grpc.health.v1.Health/Check");
            assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
            assertThat(hex(span.getTraceId())).isEqualTo(TRACE);
            assertThat(hex(span.getParentSpanId())).isEqualTo(PARENT);
            assertThat(span.getEndTimeUnixNano()).isGreaterThan(span.getStartTimeUnixNano());
            assertThat(span.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
            assertThat(attributes(span.getAttributesList()))
                    .containsEntry("rpc.system", "connect_rpc")
                    .containsEntry("rpc.service", "grpc.health.v1.Health")
                    .containsEntry("rpc.method", "Check")
                    .doesNotContainKey("rpc.connect_rpc.error_code");
            var resource = only(receiver.resourceSpans()).getResource();
            assertThat(attributes(resource.getAttributesList()))
                    .containsEntry("service.name", "a service")
                    .containsEntry("service.version", "1.2")
                    .containsEntry("service.instance.id", "here:1");
        }
    }

    @Test
    void aFailureIsToldWhateverTheRatioAndASuccessIsNot() throws Exception {
        try (var receiver = new OtlpReceiver()) {
            try (var rig = new Rig(settings(receiver.url(), 0, Protocol.HTTP))) {
                rig.call("");
                rig.call("missing");
                rig.call("", "traceparent", "00-" + TRACE + "-" + PARENT + "-00");
                rig.call("missing", "traceparent", "00-" + TRACE + "-" + PARENT + "-00");
            }

            assertThat(receiver.spans())
                    .hasSize(2)
                    .allSatisfy(span -> {
                        assertThat(span.getStatus().getCode())
                                .isEqualTo(StatusCode.STATUS_CODE_ERROR);
                        assertThat(attributes(span.getAttributesList()))
                                .containsEntry("rpc.connect_rpc.error_code", "not_found");
                    });
            assertThat(receiver.spans())
                    .extracting(span -> hex(span.getTraceId()))
                    .containsOnlyOnce(TRACE);
        }
    }

    @Test
    void aRefusalOverGrpcLeavesTheStatusUnsetAndIsToldAllTheSame() throws Exception {
        try (var receiver = new OtlpReceiver()) {
            try (var rig = new Rig(settings(receiver.url(), 0, Protocol.HTTP))) {
                rig.post("\0\0\0\0\0", "application/grpc-web+proto");
                rig.post("\0\0\0\0\t\n\7missing", "application/grpc-web+proto");
            }
            var span = only(receiver.spans());
            assertThat(span.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
            assertThat(span.getAttributesList())
                    .filteredOn(kv -> kv.getKey().equals("rpc.grpc.status_code"))
                    .extracting(kv -> kv.getValue().getIntValue())
                    .containsExactly(5L);
        }
    }

    @Test
    void aRequestThatCannotBeReadIsAFailureToo() throws Exception {
        try (var receiver = new OtlpReceiver()) {
            try (var rig = new Rig(settings(receiver.url(), 0, Protocol.HTTP))) {
                rig.post("{\"service\": 1", "application/json");
            }
            assertThat(attributes(only(receiver.spans()).getAttributesList()))
                    .containsEntry("rpc.connect_rpc.error_code", "invalid_argument");
        }
    }

    @Test
    void metricsArePushedWhenTheProcessEnds() throws Exception {
        try (var receiver = new OtlpReceiver()) {
            try (var rig = new Rig(settings(receiver.url(), 1, Protocol.GRPC))) {
                rig.call("");
                rig.call("missing");
            }
            var requests =
                    receiver.metrics().stream()
                            .filter(metric -> metric.getName().equals("rpc_server_requests_total"))
                            .flatMap(metric -> metric.getSum().getDataPointsList().stream())
                            .toList();
            assertThat(requests)
                    .extracting(point -> attributes(point.getAttributesList()).get("rpc_status"))
                    .containsExactlyInAnyOrder("ok", "not_found");
            assertThat(requests).allSatisfy(point -> assertThat(point.getAsInt()).isEqualTo(1));
        }
    }

    @Test
    void metricsArePulledUnderTheirDocumentedNames() throws Exception {
        try (var receiver = new OtlpReceiver();
                var rig = new Rig(settings(receiver.url(), 1, Protocol.HTTP))) {
            rig.call("");
            var text = rig.scrape();

            var method = "rpc_method=\"grpc.health.v1.Health/Check\"";
            assertThat(text)
                    .contains("rpc_server_requests_total{" + method + ",rpc_status=\"ok\"} 1")
                    .contains("rpc_server_request_duration_seconds_bucket{" + method + ",le=")
                    .contains("rpc_server_request_duration_seconds_count{" + method + "} 1")
                    .contains("rpc_server_active_requests{" + method + "} 0");
        }
    }

    private static OtelSettings settings(String url, double ratio, Protocol protocol) {
        return new OtelSettings("a service", "1.2", "here:1", ratio, url, protocol, true);
    }

    private static Map<String, String> attributes(List<KeyValue> list) {
        return list.stream()
                .collect(Collectors.toMap(KeyValue::getKey, kv -> kv.getValue().getStringValue()));
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    private static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.getFirst();
    }

    /// A server with telemetry whose only service knows the empty name.
    private static final class Rig implements AutoCloseable {
        private final Telemetry telemetry;
        private final RpcServer server;
        private final Semaphore ended = new Semaphore(0);
        private final HttpClient http = HttpClient.newHttpClient();

        Rig(OtelSettings settings) {
            telemetry = Telemetry.start(settings);
            server =
                    RpcServer.builder()
                            .bind("127.0.0.1", 0)
                            .service(new Known())
                            .observer(new RpcTelemetry(telemetry))
                            .observer(_ -> ended.release())
                            .build();
            server.start();
        }

        void call(String service, String... headers) throws Exception {
            post("{\"service\": \"" + service + "\"}", "application/json", headers);
        }

        void post(String body, String type, String... headers) throws Exception {
            var uri = "http://127.0.0.1:" + server.port() + "/grpc.health.v1.Health/Check";
            var request =
                    HttpRequest.newBuilder(URI.create(uri))
                            .header("content-type", type)
                            .timeout(Duration.ofSeconds(20))
                            .POST(HttpRequest.BodyPublishers.ofString(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
            http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            // The end of a call is told after its answer is sent.
            assertThat(ended.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }

        String scrape() {
            var request =
                    new WebRequest(
                            "GET",
                            "/metrics",
                            Map.of(),
                            Map.of(),
                            new byte[0],
                            new InetSocketAddress(0),
                            null);
            var reply = telemetry.scrape().orElseThrow().handle(request);
            return new String(reply.body(), java.nio.charset.StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            telemetry.close();
            OtlpReceiver.stop(server);
        }
    }

    private static final class Known extends HealthGrpc.HealthImplBase {
        @Override
        public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answer) {
            if (request.getService().isEmpty()) {
                answer.onNext(HealthCheckResponse.getDefaultInstance());
                answer.onCompleted();
            } else {
                answer.onError(io.grpc.Status.NOT_FOUND.asRuntimeException());
            }
        }
    }
}
