package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.TinyHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every query of the dashboards gives data from a host that is used: a guest with a disk and a
/// network interface on QEMU, a VMM that is killed, calls that fail.
final class DashboardsTest {

    private static final Duration DATA = Duration.ofSeconds(90);

    @TempDir static Path temporary;
    private static Path directory;
    private static Namespace namespace;
    private static HostProcess host;
    private static PrometheusServer prometheus;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(TinyHost.qemu(), "no qemu-system-x86_64 on the search path");
        var _ = PrometheusServer.program("prometheus");
        var _ = PrometheusServer.program("curl");
        namespace = Namespace.with("vmtap0");
        directory = temporary.toRealPath();
        var setup =
                Rig.setup(directory)
                        .with("UNKEY_VMCP_PORT", "8080")
                        .with("UNKEY_VMCP_OTEL_ENABLED", "true")
                        .with("UNKEY_VMCP_OTEL_SAMPLING_RATE", "0");
        var as = new HostProcess.As(namespace.prefix(), List.of("vmcp", "host"));
        host = HostProcess.start(setup, as);
        prometheus =
                PrometheusServer.in(
                        namespace.prefix(),
                        directory,
                        PrometheusServer.plain("127.0.0.1:9464"),
                        List.of(Dashboard.DIRECTORY.resolve("alerts.yaml")));
        createVms();
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            if (prometheus != null) {
                prometheus.close();
            }
            if (host != null) {
                for (var vm : List.of("one", "two", "three")) {
                    call("DeleteVm", "{\"vm_id\": \"" + vm + "\", \"force\": true}");
                }
                assertThat(host.terminate()).isZero();
            }
        } finally {
            if (host != null) {
                Rig.endVmms(directory.resolve("data"));
            }
            if (namespace != null) {
                namespace.close();
            }
        }
    }

    @Test
    void everyQueryOfEveryDashboardGivesData() throws IOException {
        var open = new ArrayList<Dashboard.Query>();
        for (var dashboard : Dashboard.all()) {
            open.addAll(dashboard.queries());
            open.addAll(dashboard.variables());
        }
        assertThat(open).hasSizeGreaterThan(50);
        var end = System.nanoTime() + DATA.toNanos();
        while (!open.isEmpty() && System.nanoTime() < end) {
            use();
            open.removeIf(query -> hasData(query.of("one")));
        }
        assertThat(open).as("queries without data").isEmpty();
    }

    @Test
    void prometheusEvaluatesEveryAlertWithoutAnError() {
        Await.until(
                "every alert was evaluated",
                Duration.ofSeconds(60),
                () -> health().stream().noneMatch("unknown"::equals));
        assertThat(health()).hasSizeGreaterThan(10).containsOnly("ok");
    }

    @Test
    void anAlertTellsOfAVmThatFailed() {
        Await.until(
                "VmcpVmFailed is pending or fires",
                DATA,
                () ->
                        prometheus.rules().stream()
                                .filter(rule -> text(rule, "name").equals("VmcpVmFailed"))
                                .anyMatch(rule -> !text(rule, "state").equals("inactive")));
    }

    @Test
    void panelsAreNumberedOnceAndSayTheirUnit() throws IOException {
        for (var dashboard : Dashboard.all()) {
            assertThat(dashboard.panels())
                    .extracting(panel -> text(panel, "id"))
                    .doesNotHaveDuplicates();
            assertThat(dashboard.queries()).extracting(Dashboard.Query::expression).isNotEmpty();
        }
    }

    private static List<String> health() {
        return prometheus.rules().stream().map(rule -> text(rule, "health")).toList();
    }

    private static boolean hasData(String expression) {
        return prometheus.query(expression).stream()
                .map(series -> series.getAsJsonArray("value").get(1).getAsDouble())
                .anyMatch(Double::isFinite);
    }

    private static void createVms() throws Exception {
        var kernel = directory.resolve("tiny");
        TinyGuest.writeTo(kernel);
        var disk = Files.write(directory.resolve("disk"), new byte[1 << 20]);
        var config =
                """
                "cpu": {"vcpu_count": 1}, "memory": {"size_bytes": 16777216},
                "boot": {"kernel_path": "%s", "kernel_args": "vmcp.listen"}
                """
                        .formatted(kernel);
        var devices =
                """
                , "storage": [{"id": "a", "path": "%s"}], "network": [{"id": "b", "tap_device": "vmtap0"}]
                """
                        .formatted(disk);
        for (var vm : List.of("one", "two", "three")) {
            var all = vm.equals("one") ? config + devices : config;
            call("CreateVm", "{\"vm_id\": \"" + vm + "\", \"config\": {" + all + "}}");
            assertThat(call("BootVm", named(vm))).contains("VM_STATE_RUNNING");
        }
        var pid =
                com.google.gson.JsonParser.parseString(call("GetVmInfo", named("three")))
                        .getAsJsonObject()
                        .getAsJsonObject("backendInfo")
                        .get("pid")
                        .getAsLong();
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
    }

    /// What a host sees in a minute or so.
    private static void use() {
        call("ListVms", "{}");
        call("GetVmInfo", named("one"));
        call("GetVmInfo", named("none"));
        call("ShutdownVm", "{\"vm_id\": \"two\", \"force\": true}");
        call("BootVm", named("two"));
    }

    private static String named(String vm) {
        return "{\"vm_id\": \"" + vm + "\"}";
    }

    private static String text(JsonObject object, String name) {
        return Dashboard.text(object, name);
    }

    private static String call(String method, String json) {
        return namespace
                .run(
                        "curl",
                        "-sS",
                        host.url() + "/vmm.v1.VmService/" + method,
                        "-H",
                        "Content-Type: application/json",
                        "-d",
                        json)
                .good();
    }
}
