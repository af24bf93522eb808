package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.platform.telemetry.otel.OtlpReceiver;
import dev.vmcp.verify.harness.TinyHost;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What of the traces of a running host reaches a receiver that is built on the published protocol.
class TracesTest {

    private static final String BOOT = "PUT /api/v1/vm.boot";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final String SAMPLED = "00-" + TRACE + "-" + PARENT + "-01";
    private static final String UNSAMPLED = "00-" + TRACE + "-" + PARENT + "-00";

    @TempDir private Path temporary;
    private final OtlpReceiver receiver = new OtlpReceiver();

    @AfterEach
    void close() {
        receiver.close();
    }

    private Rig rig(String backend, String rate) {
        return Rig.in(
                temporary,
                setup ->
                        setup.with("UNKEY_VMCP_BACKEND", backend)
                                .with("UNKEY_VMCP_OTEL_ENABLED", "true")
                                .with("UNKEY_VMCP_OTEL_PROMETHEUS_PORT", "0")
                                .with("UNKEY_VMCP_OTEL_ENDPOINT", receiver.url())
                                .with("UNKEY_VMCP_OTEL_SAMPLING_RATE", rate));
    }

    private static Http.Reply call(Rig rig, String method, String vm, String... headers) {
        var body = "{\"vm_id\": \"" + vm + "\"}";
        return Http.call(rig.host(), "vmm.v1.VmService/" + method, body, headers);
    }

    /// The spans once there are as many as there will be.
    private List<Span> spans(String named) {
        Await.until(named, SOON, () -> names().contains(named));
        return receiver.spans();
    }

    private List<String> names() {
        return receiver.spans().stream().map(Span::getName).toList();
    }

    @Test
    void withoutSamplingAFailingCallsWholeLocalTraceIsToldAndASucceedingOnesIsNot()
            throws IOException {
        assumeTrue(
                TinyHost.kvm() && Command.find("cloud-hypervisor").isPresent(),
                "no Cloud Hypervisor");
        try (var rig = rig("cloudhypervisor", "0")) {
            // Not by its console: a stream that its caller leaves is a call that failed.
            rig.create("good");
            assertThat(call(rig, "BootVm", "good").status()).isEqualTo(200);
            assertThat(call(rig, "GetVmInfo", "good").status()).isEqualTo(200);
            var broken = rig.directory().resolve("broken");
            Files.write(broken, Arrays.copyOf(Files.readAllBytes(Path.of(rig.kernel())), 96));
            rig.create(
                    "bad",
                    rig.config()
                            .setBoot(BootConfig.newBuilder().setKernelPath(broken.toString()))
                            .build());

            assertThat(call(rig, "BootVm", "bad").status()).isNotEqualTo(200);

            var spans = spans("vmm.v1.VmService/BootVm");
            assertThat(spans)
                    .as("%s", spans)
                    .extracting(Span::getTraceId)
                    .containsOnly(spans.getFirst().getTraceId());
            assertThat(names())
                    .contains(
                            "vmm.v1.VmService/BootVm",
                            "vm.boot",
                            "journal.commit",
                            "vm.launch",
                            "process.spawn",
                            "vmm.ready",
                            BOOT);
            assertThat(path(spans, BOOT))
                    .containsExactly(BOOT, "vm.launch", "vm.boot", "vmm.v1.VmService/BootVm");
            assertThat(path(spans, "journal.commit")).contains("vm.boot");
            var refused = named(spans, BOOT);
            assertThat(refused.getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
            assertThat(refused.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
            assertThat(attributes(refused))
                    .containsEntry("http.request.method", "PUT")
                    .containsEntry("url.template", "/api/v1/vm.boot")
                    .containsEntry("http.response.status_code", "500")
                    .containsEntry("error.type", "500")
                    .containsEntry("network.transport", "unix");
            assertThat(attributes(named(spans, "vm.boot")))
                    .containsEntry("vmcp.vm.id", "bad")
                    .containsEntry("vmcp.backend", "cloudhypervisor")
                    .containsEntry("vmcp.phase.before", "Created")
                    .containsEntry("vmcp.phase.after", "Failed")
                    .containsEntry("error.type", "BACKEND_REFUSED");
        }
        assertThat(names()).doesNotContain("vmm.v1.VmService/GetVmInfo");
        assertThat(receiver.spans())
                .filteredOn(span -> span.getName().startsWith("vm."))
                .allMatch(span -> !attributes(span).getOrDefault("vmcp.vm.id", "").equals("good"));
    }

    @Test
    void aSampledParentExportsASuccessDownToTheMonitor() {
        assumeTrue(TinyHost.qemu(), "no QEMU");
        try (var rig = rig("qemu", "0")) {
            rig.create("vm");
            assertThat(call(rig, "BootVm", "vm", "traceparent", SAMPLED).status()).isEqualTo(200);

            var spans = spans("vmm.v1.VmService/BootVm");
            assertThat(spans).extracting(span -> hex(span.getTraceId())).containsOnly(TRACE);
            assertThat(hex(named(spans, "vmm.v1.VmService/BootVm").getParentSpanId()))
                    .isEqualTo(PARENT);
            assertThat(path(spans, "qmp/qmp_capabilities"))
                    .containsExactly(
                            "qmp/qmp_capabilities",
                            "vm.launch",
                            "vm.boot",
                            "vmm.v1.VmService/BootVm");
            assertThat(attributes(named(spans, "vm.launch")))
                    .containsEntry("process.pid", Long.toString(rig.pid("vm")))
                    .hasEntrySatisfying(
                            "vmcp.launch.id", id -> assertThat(id).matches("l-[0-9a-f]{24}"));
            assertThat(attributes(named(spans, "journal.commit")))
                    .containsEntry("db.system.name", "sqlite")
                    .containsEntry("db.operation.name", "advance");
            assertThat(spans)
                    .allSatisfy(span ->
                            assertThat(span.getStatus().getCode())
                                    .isEqualTo(StatusCode.STATUS_CODE_UNSET));
        }
    }

    @Test
    void anUnsampledParentNeverExportsASuccessHoweverManyAreSampled() {
        try (var rig = rig("qemu", "1")) {
            rig.create("vm");
            for (int i = 0; i < 100; i++) {
                assertThat(call(rig, "GetVmInfo", "vm", "traceparent", UNSAMPLED).status())
                        .isEqualTo(200);
            }
            assertThat(call(rig, "PauseVm", "vm", "traceparent", UNSAMPLED).status())
                    .isEqualTo(400);
            var _ = spans("vmm.v1.VmService/PauseVm");
        }
        assertThat(names()).doesNotContain("vmm.v1.VmService/GetVmInfo");
        assertThat(named(receiver.spans(), "vm.pause"))
                .satisfies(span -> assertThat(hex(span.getTraceId())).isEqualTo(TRACE));
    }

    @Test
    void aTenthOfTenThousandCallsIsATenth() throws Exception {
        try (var rig = rig("qemu", "0.1")) {
            rig.create("vm");
            try (var callers = Executors.newFixedThreadPool(8)) {
                for (int i = 0; i < 10_000; i++) {
                    var _ = callers.submit(() -> call(rig, "GetVmInfo", "vm"));
                }
            }
        }
        // Five standard deviations of 10,000 draws at 0.1.
        assertThat(names().stream().filter(name -> name.endsWith("/GetVmInfo")).count())
                .isBetween(850L, 1150L);
        assertThat(answered("vmm.v1.VmService/GetVmInfo")).isEqualTo(10_000);
    }

    @Test
    void anAttachedVmmTakesTheContextOfTheCall() throws IOException {
        assumeTrue(TinyHost.kvm(), "no /dev/kvm for us");
        var vmm = ForeignVmm.firecracker(temporary.toRealPath());
        assumeTrue(vmm.isPresent(), "no Firecracker");
        try (var foreign = vmm.get();
                var rig =
                        Rig.in(
                                temporary,
                                setup ->
                                        setup.with("UNKEY_VMCP_BACKEND", "firecracker")
                                                .with("UNKEY_VMCP_FC_ENDPOINT", foreign.endpoint())
                                                .with("UNKEY_VMCP_OTEL_ENABLED", "true")
                                                .with("UNKEY_VMCP_OTEL_PROMETHEUS_PORT", "0")
                                                .with("UNKEY_VMCP_OTEL_ENDPOINT", receiver.url())
                                                .with("VMCP_OTEL_PROTOCOL", "grpc"))) {
            rig.create("vm");
            assertThat(call(rig, "BootVm", "vm", "traceparent", SAMPLED).status()).isEqualTo(200);

            var spans = spans("vmm.v1.VmService/BootVm");
            var start = named(spans, "PUT /actions");
            assertThat(start.getKind()).isEqualTo(SpanKind.SPAN_KIND_CLIENT);
            assertThat(hex(start.getTraceId())).isEqualTo(TRACE);
            assertThat(attributes(start))
                    .containsEntry("http.response.status_code", "204")
                    .containsEntry(
                            "server.address", foreign.endpoint().substring("unix://".length()));
            var _ = ProcessHandle.of(foreign.pid()).map(ProcessHandle::destroyForcibly);
            Await.until("its end is seen", SOON, () -> !rig.phase("vm").equals("Running"));
        }
    }

    private long answered(String method) {
        return receiver.metrics().stream()
                .filter(metric -> metric.getName().equals("rpc_server_requests_total"))
                .flatMap(metric -> metric.getSum().getDataPointsList().stream())
                .filter(point ->
                        point.getAttributesList().stream()
                                .anyMatch(kv -> kv.getValue().getStringValue().equals(method)))
                .mapToLong(point -> point.getAsInt())
                .max()
                .orElse(0);
    }

    private static Span named(List<Span> spans, String name) {
        return spans.stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span " + name));
    }

    /// Names from this span up to the local root.
    private static List<String> path(List<Span> spans, String name) {
        var byId = spans.stream().collect(Collectors.toMap(Span::getSpanId, span -> span));
        var path = new java.util.ArrayList<String>();
        for (var span = named(spans, name); span != null; span = byId.get(span.getParentSpanId())) {
            path.add(span.getName());
        }
        return path;
    }

    private static Map<String, String> attributes(Span span) {
        return span.getAttributesList().stream()
                .collect(
                        Collectors.toMap(
                                kv -> kv.getKey(),
                                kv ->
                                        kv.getValue().hasIntValue()
                                                ? Long.toString(kv.getValue().getIntValue())
                                                : kv.getValue().getStringValue()));
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
