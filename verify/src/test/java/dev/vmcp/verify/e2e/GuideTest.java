package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoResponse;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.verify.harness.HostProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every JSON example of the published configuration guide, sent as it stands there but for where
/// its files lie. The host runs in a network namespace that has the TAPs; `curl` joins it there.
final class GuideTest {

    private static final String FLOOR = "536870912";

    @TempDir static Path temporary;
    private static Path directory;
    private static Guide guide;
    private static Namespace namespace;
    private static HostProcess host;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Command.find("curl").isPresent(), "no curl on the search path");
        namespace = Namespace.with("vmtap0", "vmtap-mgmt", "vmtap-data", "db-tap0");
        directory = temporary.toRealPath();
        guide = new Guide(directory);
        var setup =
                Rig.setup(directory)
                        .with("VMCP_MIN_MEMORY_BYTES", FLOOR)
                        .with("VMCP_FIRECRACKER", directory.resolve("no/firecracker").toString());
        host =
                HostProcess.start(
                        setup, new HostProcess.As(namespace.prefix(), List.of("vmcp", "host")));
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            if (host != null) {
                assertThat(host.terminate()).isZero();
                assertThat(directory.resolve("data/vms")).isEmptyDirectory();
            }
        } finally {
            if (namespace != null) {
                namespace.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "basic",
                "advanced",
                "production",
                "development",
                "serverless",
                "database",
                "curl-cloudhypervisor",
                "curl-firecracker"
            })
    void anExampleIsAcceptedAndReadBackAsItWasSent(String example) throws Exception {
        var sent = guide.placed(example);
        var created = call("CreateVm", sent);
        assertThat(created.has("vmId")).as(created::toString).isTrue();
        var vm = created.get("vmId").getAsString();
        assertThat(created.get("state").getAsString()).isEqualTo("VM_STATE_CREATED");

        var info = GetVmInfoResponse.newBuilder();
        JsonFormat.parser().merge(call("GetVmInfo", named(vm)).toString(), info);
        var request = CreateVmRequest.newBuilder();
        JsonFormat.parser().merge(sent, request);
        assertThat(info.getConfig()).isEqualTo(request.getConfig());

        assertThat(call("DeleteVm", named(vm)).get("success").getAsBoolean()).isTrue();
    }

    @Test
    void theLifecycleCommandsOfTheGuideDriveAGuestWithATap() throws Exception {
        var config = VmConfig.newBuilder();
        config.getCpuBuilder().setVcpuCount(1);
        config.getMemoryBuilder().setSizeBytes(Long.parseLong(FLOOR));
        config.getBootBuilder()
                .setKernelPath(guide.place("opt/kernels/vmlinux").toString())
                .setKernelArgs("console=ttyS0 vmcp.listen");
        config.addNetworkBuilder().setId("eth0").setTapDevice("vmtap0");
        config.getConsoleBuilder()
                .setEnabled(true)
                .setOutput(guide.place("var/log/vms/vm-console.log").toString());
        var request = CreateVmRequest.newBuilder().setVmId("vm-12345").setConfig(config);
        assertThat(call("CreateVm", JsonFormat.printer().print(request)).has("vmId")).isTrue();
        assertThat(call("BootVm", named("vm-12345")).toString()).contains("VM_STATE_RUNNING");

        // As the guide says: tail -f /var/log/vms/vm-console.log
        var console = directory.resolve("var/log/vms/vm-console.log");
        Await.until(
                "the console's file has the banner",
                Duration.ofSeconds(30),
                () -> text(console).contains(TinyGuest.BANNER));
        var metrics =
                Await.value(
                        "metrics",
                        Duration.ofSeconds(30),
                        () -> Optional.ofNullable(info().getAsJsonObject("metrics")));
        assertThat(metrics.has("networkStats")).as(metrics::toString).isTrue();
        // The TAP has a carrier only while a VMM holds it.
        assertThat(namespace.run("ip", "-br", "link", "show", "vmtap0").good())
                .contains("LOWER_UP");

        assertThat(call("ShutdownVm", named("vm-12345")).toString()).contains("graceful");
        assertThat(call("DeleteVm", named("vm-12345")).get("success").getAsBoolean()).isTrue();
    }

    private static JsonObject info() {
        return call("GetVmInfo", named("vm-12345"));
    }

    @Test
    void theFiveCommonErrorsComeAtOnceWithFieldValueAndExpectation() throws Exception {
        var answer =
                call(
                        "CreateVm",
                        """
                        {"backend": "xen",
                         "config": {"cpu": {"vcpu_count": 2},
                          "memory": {"size_bytes": 268435456},
                          "boot": {"kernel_path": "%1$s/no/vmlinux"},
                          "storage": [{"path": "%1$s/no/disk.img", "is_root_device": true}],
                          "network": [{"id": "eth0", "tap_device": "vmtap9"}]}}
                        """
                                .formatted(directory));
        assertThat(answer.get("code").getAsString()).isEqualTo("invalid_argument");
        var message = answer.get("message").getAsString();
        assertThat(violations(answer))
                .extracting(BadRequest.FieldViolation::getField)
                .containsExactlyInAnyOrder(
                        "backend",
                        "config.memory.size_bytes",
                        "config.boot.kernel_path",
                        "config.storage[0].path",
                        "config.network[0].tap_device");
        assertThat(message)
                .contains("268435456", FLOOR)
                .contains(directory + "/no/vmlinux", directory + "/no/disk.img")
                .contains("vmtap9", "xen", "qemu");
        assertThat(message.split("expected: ", -1)).hasSize(6);
    }

    @Test
    void aBackendThatIsNotThereIsNamed() throws Exception {
        var request = JsonParser.parseString(guide.placed("basic")).getAsJsonObject();
        request.addProperty("backend", "firecracker");
        var answer = call("CreateVm", request.toString());
        assertThat(answer.get("code").getAsString()).isEqualTo("unavailable");
        assertThat(answer.get("message").getAsString()).contains("firecracker");
    }

    private static List<BadRequest.FieldViolation> violations(JsonObject error) throws Exception {
        var details =
                StreamSupport.stream(error.getAsJsonArray("details").spliterator(), false)
                        .map(detail -> detail.getAsJsonObject())
                        .filter(one ->
                                one.get("type").getAsString().equals("google.rpc.BadRequest"))
                        .findFirst()
                        .orElseThrow();
        var value = Base64.getDecoder().decode(details.get("value").getAsString());
        return BadRequest.parseFrom(value).getFieldViolationsList();
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String named(String vm) {
        return "{\"vm_id\": \"" + vm + "\"}";
    }

    private static JsonObject call(String method, String json) {
        var output =
                namespace
                        .run(
                                "curl",
                                "-sS",
                                "-X",
                                "POST",
                                host.url() + "/vmm.v1.VmService/" + method,
                                "-H",
                                "Content-Type: application/json",
                                "-d",
                                json)
                        .good();
        return JsonParser.parseString(output).getAsJsonObject();
    }
}
