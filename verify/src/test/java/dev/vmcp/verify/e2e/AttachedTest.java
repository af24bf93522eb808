package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import dev.vmcp.client.CallFailed;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.TinyHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hosts that drive a real VMM which somebody else started, by the JSON bodies of the guide.
final class AttachedTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String NAMED = "{\"vm_id\": \"vm-12345\"}";

    @TempDir Path temporary;
    private Path directory;

    @BeforeEach
    void look() throws Exception {
        assumeTrue(TinyHost.kvm(), "no /dev/kvm for us");
        directory = temporary.toRealPath();
    }

    private static ForeignVmm or(Optional<ForeignVmm> vmm) {
        assumeTrue(vmm.isPresent(), "it is not installed");
        return vmm.get();
    }

    private Rig rig(String backend, String variable, ForeignVmm vmm) {
        return Rig.in(
                directory,
                setup -> setup.with("UNKEY_VMCP_BACKEND", backend).with(variable, vmm.endpoint()));
    }

    private static JsonObject call(Rig rig, String method, String body) {
        return Http.call(rig.host(), "vmm.v1.VmService/" + method, body).json();
    }

    private static String state(Rig rig, String method, String body) {
        var answer = call(rig, method, body);
        assertThat(answer.has("state")).as(answer::toString).isTrue();
        return answer.get("state").getAsString();
    }

    private static String info(Rig rig, String key) {
        var told = call(rig, "GetVmInfo", NAMED).getAsJsonObject("backendInfo");
        return told.has(key) ? told.get(key).getAsString() : "";
    }

    private static String create(Rig rig, String vm) {
        return """
        {"vm_id": "%s", "config": {
          "cpu": {"vcpu_count": 1, "max_vcpu_count": 1},
          "memory": {"size_bytes": 33554432},
          "boot": {"kernel_path": "%s", "kernel_args": "console=ttyS0 vmcp.listen"}}}
        """
                .formatted(vm, rig.kernel())
                .replace("\n", " ");
    }

    private static void awaitPhase(Rig rig, String phase) {
        Await.until(phase, SOON, () -> info(rig, "phase").equals(phase));
    }

    private static String health(Rig rig) {
        return Http.get(rig.host(), "_/health").json().get("status").getAsString();
    }

    @Test
    void aCloudHypervisorTakesAllVerbsAndSurvivesThemAll() {
        try (var vmm = or(ForeignVmm.cloudHypervisor(directory));
                var rig = rig("cloudhypervisor", "UNKEY_VMCP_CH_ENDPOINT", vmm)) {
            assertThat(state(rig, "CreateVm", create(rig, "vm-12345")))
                    .isEqualTo("VM_STATE_CREATED");
            assertThat(vmm.call("GET", "/api/v1/vm.info", "")).contains(rig.kernel(), "Created");
            assertThat(state(rig, "BootVm", NAMED)).isEqualTo("VM_STATE_RUNNING");
            var first = rig.console("vm-12345").nonceAfter(0);
            assertThat(first).as("the guest's nonce").isPresent();
            assertThat(info(rig, "mode")).isEqualTo("attached");
            assertThat(info(rig, "pid")).isEqualTo(Long.toString(vmm.pid()));
            assertThat(state(rig, "PauseVm", NAMED)).isEqualTo("VM_STATE_PAUSED");
            assertThat(state(rig, "ResumeVm", NAMED)).isEqualTo("VM_STATE_RUNNING");

            rig.restart();
            awaitPhase(rig, "Running");
            assertThat(info(rig, "mode")).isEqualTo("attached");
            assertThat(rig.console("vm-12345").askNonce()).isEqualTo(first);

            assertThat(state(rig, "RebootVm", "{\"vm_id\": \"vm-12345\", \"force\": true}"))
                    .isEqualTo("VM_STATE_RUNNING");
            Await.until(
                    "another nonce",
                    SOON,
                    () -> {
                        var now = rig.console("vm-12345").askNonce();
                        return now.isPresent() && !now.equals(first);
                    });
            assertThat(state(rig, "ShutdownVm", "{\"vm_id\": \"vm-12345\", \"force\": true}"))
                    .isEqualTo("VM_STATE_SHUTDOWN");
            assertThat(state(rig, "BootVm", NAMED)).isEqualTo("VM_STATE_RUNNING");
            assertThat(call(rig, "DeleteVm", "{\"vm_id\": \"vm-12345\", \"force\": true}"))
                    .hasToString("{\"success\":true}");
            assertThat(vmm.call("GET", "/api/v1/vm.info", "")).contains("VM is not created");
            assertThat(vmm.alive()).isTrue();
        }
    }

    @Test
    void aClientOfThePredecessorGoesFromCreateToDelete() {
        try (var vmm = or(ForeignVmm.cloudHypervisor(directory));
                var rig =
                        Rig.in(
                                directory,
                                setup ->
                                        setup.with("CHCP_PORT", "0")
                                                .with("CHCP_ADDRESS", "127.0.0.1")
                                                .with("CHCP_BACKEND", "cloudhypervisor")
                                                .with("CHCP_CH_ENDPOINT", vmm.endpoint()),
                                new HostProcess.As(List.of(), List.of("chcp-api")))) {
            for (var step :
                    List.of(
                            Map.entry("CreateVm", "CREATED"),
                            Map.entry("BootVm", "RUNNING"),
                            Map.entry("GetVmInfo", "RUNNING"),
                            Map.entry("PauseVm", "PAUSED"),
                            Map.entry("ResumeVm", "RUNNING"),
                            Map.entry("RebootVm", "RUNNING"),
                            Map.entry("ShutdownVm", "SHUTDOWN"))) {
                var body =
                        switch (step.getKey()) {
                            case "CreateVm" -> create(rig, "vm-12345");
                            case "RebootVm", "ShutdownVm" ->
                                    "{\"vm_id\": \"vm-12345\", \"force\": true}";
                            default -> NAMED;
                        };
                var method = "cloudhypervisor.v1.VmService/" + step.getKey();
                var answer = Http.call(rig.host(), method, body).json();
                assertThat(answer.get("state").getAsString())
                        .as(step.getKey())
                        .isEqualTo("VM_STATE_" + step.getValue());
            }
            var deleted =
                    Http.call(rig.host(), "cloudhypervisor.v1.VmService/DeleteVm", NAMED).json();
            assertThat(deleted.get("success").getAsBoolean()).isTrue();
            assertThat(vmm.alive()).isTrue();
        }
    }

    @Test
    void whatSomebodyElseDoesThereIsSeen() {
        try (var vmm = or(ForeignVmm.cloudHypervisor(directory));
                var rig = rig("cloudhypervisor", "UNKEY_VMCP_CH_ENDPOINT", vmm)) {
            assertThat(state(rig, "CreateVm", create(rig, "vm-12345")))
                    .isEqualTo("VM_STATE_CREATED");
            assertThat(state(rig, "BootVm", NAMED)).isEqualTo("VM_STATE_RUNNING");

            var _ = vmm.call("PUT", "/api/v1/vm.pause", "");
            awaitPhase(rig, "Paused");
            var _ = vmm.call("PUT", "/api/v1/vm.resume", "");
            awaitPhase(rig, "Running");
            var _ = vmm.call("PUT", "/api/v1/vm.shutdown", "");
            awaitPhase(rig, "Stopped");
        }
    }

    @Test
    void aVmOfSomebodyElseIsLeftAlone() {
        try (var vmm = or(ForeignVmm.cloudHypervisor(directory));
                var rig = rig("cloudhypervisor", "UNKEY_VMCP_CH_ENDPOINT", vmm)) {
            var theirs = "{\"payload\": {\"kernel\": \"%s\"}}".formatted(rig.kernel());
            var _ = vmm.call("PUT", "/api/v1/vm.create", theirs);

            var refused = call(rig, "CreateVm", create(rig, "vm-12345"));

            assertThat(refused.get("code").getAsString()).isEqualTo("failed_precondition");
            assertThat(refused.get("message").getAsString()).contains("was not created here");
            assertThat(call(rig, "GetVmInfo", NAMED).get("code").getAsString())
                    .isEqualTo("not_found");
            assertThat(vmm.call("GET", "/api/v1/vm.info", "")).contains("Created");
        }
    }

    @Test
    void aCloudHypervisorThatGoesAwayAndComesBackIsUsedAgain() {
        var vmm = or(ForeignVmm.cloudHypervisor(directory));
        try (var rig = rig("cloudhypervisor", "UNKEY_VMCP_CH_ENDPOINT", vmm)) {
            assertThat(state(rig, "CreateVm", create(rig, "vm-12345")))
                    .isEqualTo("VM_STATE_CREATED");
            var second = call(rig, "CreateVm", create(rig, "second"));
            assertThat(second.get("code").getAsString()).isEqualTo("failed_precondition");
            assertThat(second.get("message").getAsString()).contains("vm-12345");
            assertThat(state(rig, "BootVm", NAMED)).isEqualTo("VM_STATE_RUNNING");
            assertThat(health(rig)).isEqualTo("healthy");

            vmm.close();
            awaitPhase(rig, "Failed");
            assertThat(info(rig, "failure")).contains("vmcp did not start");
            Await.until("degraded", SOON, () -> health(rig).equals("degraded"));
            assertThat(call(rig, "BootVm", NAMED).get("code").getAsString())
                    .isEqualTo("unavailable");

            try (var again = or(ForeignVmm.cloudHypervisor(directory))) {
                Await.until("healthy", SOON, () -> health(rig).equals("healthy"));
                assertThat(state(rig, "BootVm", NAMED)).isEqualTo("VM_STATE_RUNNING");
                assertThat(rig.console("vm-12345").askNonce()).isPresent();
                rig.delete("vm-12345");
                assertThat(again.alive()).isTrue();
            }
        } finally {
            vmm.close();
        }
    }

    @Test
    void aFirecrackerBootsOnceAndIsNeverEndedByUs() {
        try (var vmm = or(ForeignVmm.firecracker(directory));
                var rig = rig("firecracker", "UNKEY_VMCP_FC_ENDPOINT", vmm)) {
            // One that hears no Ctrl-Alt-Del.
            var deaf =
                    create(rig, "vm-12345")
                            .replace(" vmcp.listen", "")
                            .replace("\"max_vcpu_count\": 1", "\"max_vcpu_count\": 4");
            assertThat(state(rig, "CreateVm", deaf)).isEqualTo("VM_STATE_CREATED");
            assertThat(vmm.call("GET", "/vm/config", "")).contains(rig.kernel());
            assertThat(state(rig, "BootVm", NAMED)).isEqualTo("VM_STATE_RUNNING");
            assertThat(info(rig, "mode")).isEqualTo("attached");
            assertThat(info(rig, "ignored")).startsWith("max_vcpu_count: ");
            assertThat(state(rig, "PauseVm", NAMED)).isEqualTo("VM_STATE_PAUSED");
            assertThat(state(rig, "ResumeVm", NAMED)).isEqualTo("VM_STATE_RUNNING");

            rig.restart();
            awaitPhase(rig, "Running");
            for (var method : new String[] {"RebootVm", "ShutdownVm"}) {
                var refused = call(rig, method, "{\"vm_id\": \"vm-12345\", \"force\": true}");
                assertThat(refused.get("code").getAsString()).isEqualTo("failed_precondition");
                assertThat(refused.get("message").getAsString()).contains("did not start");
            }
            var late = call(rig, "ShutdownVm", "{\"vm_id\": \"vm-12345\", \"timeout_seconds\": 1}");
            assertThat(late.get("code").getAsString()).isEqualTo("failed_precondition");
            assertThat(info(rig, "phase")).isEqualTo("Running");
            assertThatThrownBy(() -> rig.console("vm-12345").askNonce())
                    .isInstanceOfSatisfying(
                            CallFailed.class,
                            failed -> assertThat(failed.message()).contains("standard output"));

            assertThat(call(rig, "DeleteVm", "{\"vm_id\": \"vm-12345\", \"force\": true}"))
                    .hasToString("{\"success\":true}");
            assertThat(vmm.alive()).isTrue();
            assertThat(vmm.call("GET", "/", "")).contains("Running");
        }
    }

    @Test
    void aFirecrackerThatEndsWithItsGuestHasShutDownAndIsStartedBySomebodyElse() {
        var vmm = or(ForeignVmm.firecracker(directory));
        try (var rig = rig("firecracker", "UNKEY_VMCP_FC_ENDPOINT", vmm)) {
            assertThat(state(rig, "CreateVm", create(rig, "vm-12345")))
                    .isEqualTo("VM_STATE_CREATED");
            assertThat(state(rig, "BootVm", NAMED)).isEqualTo("VM_STATE_RUNNING");
            assertThat(call(rig, "ShutdownVm", NAMED).get("outcome").getAsString())
                    .isEqualTo("graceful");
            assertThat(info(rig, "phase")).isEqualTo("Stopped");

            var refused = call(rig, "BootVm", NAMED);
            assertThat(refused.get("code").getAsString()).isEqualTo("failed_precondition");
            assertThat(refused.get("message").getAsString()).contains("start it again");
            try (var _ = or(ForeignVmm.firecracker(directory))) {
                assertThat(state(rig, "BootVm", NAMED)).isEqualTo("VM_STATE_RUNNING");
            }
            awaitPhase(rig, "Failed");
            rig.delete("vm-12345");
        } finally {
            vmm.close();
        }
    }
}
