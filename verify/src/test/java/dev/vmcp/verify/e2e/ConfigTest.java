package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.HostProcess.As;
import dev.vmcp.verify.harness.HostProcess.Setup;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A host process as an operator meets it: flags, signals, health, two of them on one machine.
final class ConfigTest {

    @TempDir Path temporary;
    private Path directory;

    @BeforeEach
    void resolve() throws IOException {
        directory = temporary.toRealPath();
    }

    private Setup setup(String... arguments) {
        var setup = Rig.setup(directory);
        return new Setup(
                setup.directory(),
                setup.log(),
                setup.environment(),
                setup.jvm(),
                List.of(arguments));
    }

    /// Starts a host that is expected to end by itself.
    private static Command.Result run(Setup setup) {
        var builder = HostProcess.builder(setup, As.USUAL);
        return Command.run(Path.of("."), new HashMap<>(builder.environment()), builder.command());
    }

    @Test
    void aSoundConfigurationIsSaidToBeSoundAndNothingIsMade() {
        var check = run(setup("--check-config"));

        assertThat(check.output()).isEqualTo("the configuration is sound\n");
        assertThat(check.status()).isZero();
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void everyProblemOfAConfigurationIsSaidAtOnceWithStatus78() {
        var wrong =
                setup("--check-config", "--memory-ratio=much", "--no-such-flag")
                        .with("UNKEY_VMCP_PORT", "70000")
                        .with("UNKEY_VMCP_BACKEND", "vmware")
                        .with("UNKEY_VMCP_ADDRESS", "0.0.0.0");
        var check = run(wrong);

        assertThat(check.status()).isEqualTo(78);
        assertThat(check.output())
                .contains("5 problems")
                .contains("UNKEY_VMCP_PORT", "70000")
                .contains("UNKEY_VMCP_BACKEND", "vmware", "qemu")
                .contains("UNKEY_VMCP_ADDRESS", "--insecure")
                .contains("--memory-ratio", "much")
                .contains("--no-such-flag");
    }

    @Test
    void aWrongConfigurationStartsNothing() {
        var start = run(setup("--port=x"));

        assertThat(start.status()).isEqualTo(78);
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void aPrintedConfigurationSaysWhereEachValueCameFrom() {
        var print = run(setup("--print-config").with("VMCP_MEMORY_RATIO", "1.5"));

        assertThat(print.status()).isZero();
        assertThat(print.output())
                .contains("guests.memory-ratio = \"1.5\"  # environment VMCP_MEMORY_RATIO")
                .contains("backend.default = \"qemu\"  # environment UNKEY_VMCP_BACKEND")
                .contains("data-dir = \"" + directory.resolve("data") + "\"  # flag --data-dir");
    }

    @Test
    void aStopLeavesGuestsRunningAndTheNextStartTakesThemUp() throws IOException {
        try (var rig = Rig.in(directory)) {
            var nonce = rig.run("vm-0");
            long pid = rig.pid("vm-0");
            int status = rig.stopAndStart();

            assertThat(status).isZero();
            assertThat(Files.readString(rig.log()))
                    .containsPattern("guests run on without us.*\"guests_running\":1");
            assertThat(rig.pid("vm-0")).isEqualTo(pid);
            assertThat(rig.console("vm-0").askNonce()).contains(nonce);
        }
    }

    @Test
    void aStopWithStopGuestsStopsThemFirst() throws IOException {
        try (var rig = Rig.in(directory, setup -> setup("--stop-guests"))) {
            var _ = rig.run("vm-0");
            var _ = rig.run("paused", rig.config("").build());
            var _ = rig.client().pauseVm(PauseVmRequest.newBuilder().setVmId("paused").build());
            int status = rig.stopAndStart();

            assertThat(status).isZero();
            assertThat(VmmProcesses.of(rig.data())).isEmpty();
            assertThat(rig.phase("vm-0")).isEqualTo("Stopped");
            assertThat(rig.phase("paused")).isEqualTo("Stopped");
            assertThat(Files.readString(rig.log())).contains("no guest is running");
        }
    }

    @Test
    void twoHostsLiveSideBySide() throws IOException {
        var left = Files.createDirectory(directory.resolve("left"));
        var right = Files.createDirectory(directory.resolve("right"));
        try (var one = Rig.in(left);
                var other = Rig.in(right)) {
            var nonce = one.run("vm-0");
            assertThat(other.run("vm-0")).isNotEqualTo(nonce);
            other.restart();
            other.delete("vm-0");
            assertThat(one.console("vm-0").askNonce()).contains(nonce);
        }
    }

    @Test
    void theSameDataDirectoryTwiceIsRefusedInOneLineThatSaysWhy() {
        try (var rig = Rig.in(directory)) {
            var second = run(setup());

            assertThat(second.status()).isEqualTo(1);
            assertThat(second.output())
                    .contains(
                            directory.resolve("data") + " is in use by process " + rig.host().pid())
                    .doesNotContain("\tat ");
            assertThat(rig.run("vm-0")).as("the first one works on").isNotEmpty();
        }
    }

    @Test
    void aPortThatIsTakenIsSaidInOneLine() {
        try (var rig = Rig.in(directory)) {
            var port = rig.host().address().replaceFirst(".*:", "");
            var other = directory.resolve("other");
            var environment = new HashMap<>(setup().environment());
            environment.put("UNKEY_VMCP_PORT", port);
            var second = run(new Setup(other, rig.log(), environment, setup().jvm(), List.of()));

            assertThat(second.status()).isEqualTo(1);
            assertThat(second.output()).contains("127.0.0.1:" + port).doesNotContain("\tat ");
        }
    }

    @Test
    void theHealthDocumentHasTheFieldsOfTheOriginal() {
        try (var rig = Rig.in(directory)) {
            var simple = Http.get(rig.host(), "health");
            assertThat(simple.status()).isEqualTo(200);
            assertThat(simple.json().get("status").getAsString()).isEqualTo("healthy");

            var reply = Http.get(rig.host(), "_/health");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.headers().headers().firstValue("cache-control"))
                    .contains("no-cache, no-store, must-revalidate");
            var health = reply.json();
            assertThat(health.keySet())
                    .contains("status", "timestamp", "version", "backend", "system", "checks");
            assertThat(Instant.parse(health.get("timestamp").getAsString()))
                    .isBefore(Instant.now().plusSeconds(1));
            assertThat(health.getAsJsonObject("backend").toString())
                    .contains("\"type\":\"qemu\"", "\"status\":\"healthy\"");
            system(health.getAsJsonObject("system"));
            for (var check : health.getAsJsonObject("checks").entrySet()) {
                assertThat(check.getValue().getAsJsonObject().keySet())
                        .contains("status", "duration_ms", "timestamp");
            }
        }
    }

    private static void system(JsonObject system) {
        assertThat(system.keySet()).contains("hostname", "cpu", "memory", "uptime");
        assertThat(system.getAsJsonObject("cpu").keySet())
                .contains("architecture", "cores", "model");
        assertThat(system.getAsJsonObject("memory").keySet())
                .contains("total_bytes", "used_bytes", "available_bytes", "used_percent");
    }

    @Test
    void withoutQemuTheHostIsDegradedAndItsApiServes() {
        var rig = Rig.in(directory, setup -> setup.with("VMCP_QEMU", "/nonexistent"));
        try (rig) {
            var health = Http.get(rig.host(), "_/health");
            assertThat(health.status()).isEqualTo(503);
            assertThat(health.json().get("status").getAsString()).isEqualTo("degraded");
            assertThat(health.json().getAsJsonObject("backend").get("error").getAsString())
                    .contains("/nonexistent");
            assertThat(Http.get(rig.host(), "health").status()).isEqualTo(503);

            var list = Http.call(rig.host(), "vmm.v1.VmService/ListVms", "{}");
            assertThat(list.status()).isEqualTo(200);
            var create =
                    Http.call(
                            rig.host(),
                            "vmm.v1.VmService/CreateVm",
                            """
                            {"config": {"cpu": {"vcpu_count": 1},
                              "memory": {"size_bytes": 16777216},
                              "boot": {"kernel_path": "%s"}}}
                            """
                                    .formatted(rig.kernel()));
            assertThat(create.code()).isEqualTo("unavailable");
            assertThat(create.body()).contains("qemu", "/nonexistent");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vmcp-api", "chcp-api"})
    void theDropInNamesServe(String name) {
        var setup = setup().with("UNKEY_VMCP_ADDRESS", "127.0.0.1");
        try (var host = HostProcess.start(setup, new As(List.of(), List.of(name)))) {
            var list = Http.call(host, "vmm.v1.VmService/ListVms", "{}");
            assertThat(list.status()).isEqualTo(200);
            assertThat(Http.get(host, "_/health").body()).contains("\"type\":\"qemu\"");
            assertThat(host.terminate()).isZero();
        }
    }

    @Test
    void aDropInSaysLoudlyThatItIsOpenToAnyone() throws IOException {
        var setup = setup("--print-config");
        var builder = HostProcess.builder(setup, new As(List.of(), List.of("vmcp-api")));
        var print = Command.run(Path.of("."), Map.copyOf(builder.environment()), builder.command());

        assertThat(print.output()).contains("api.address = \"0.0.0.0\"  # default");
    }
}
