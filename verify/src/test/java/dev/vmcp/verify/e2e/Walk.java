package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/// A VM's whole life, from create to delete, by whatever client.
final class Walk {

    /// Makes one call with the bodies of the published guide, in snake_case.
    @FunctionalInterface
    interface Caller {
        /// @param method such as `CreateVm`
        /// @return the response as JSON
        String call(String method, String json);
    }

    private final Rig rig;
    private final Caller caller;
    private final String vm;

    private Walk(Rig rig, Caller caller, String vm) {
        this.rig = rig;
        this.caller = caller;
        this.vm = vm;
    }

    static void through(Rig rig, String vm, Caller caller) {
        new Walk(rig, caller, vm).run();
    }

    private void run() {
        assertThat(state("CreateVm", create())).isEqualTo("VM_STATE_CREATED");
        assertThat(state("BootVm", named())).isEqualTo("VM_STATE_RUNNING");
        var first = rig.console(vm).nonceAfter(0);
        assertThat(first).as("the guest's first nonce").isPresent();
        info();
        assertThat(state("PauseVm", named())).isEqualTo("VM_STATE_PAUSED");
        assertThat(state("GetVmInfo", named())).isEqualTo("VM_STATE_PAUSED");
        assertThat(state("ResumeVm", named())).isEqualTo("VM_STATE_RUNNING");
        assertThat(rig.console(vm).askNonce()).as("after a resume").isEqualTo(first);
        assertThat(state("RebootVm", named())).isEqualTo("VM_STATE_RUNNING");
        assertThat(rig.console(vm).askNonce()).as("after a reboot").isPresent().isNotEqualTo(first);
        var stopped =
                json("ShutdownVm", "{\"vm_id\": \"%s\", \"timeout_seconds\": 20}".formatted(vm));
        assertThat(stopped.get("state").getAsString()).isEqualTo("VM_STATE_SHUTDOWN");
        assertThat(stopped.get("outcome").getAsString()).isEqualTo("graceful");
        assertThat(json("DeleteVm", named()).get("success").getAsBoolean()).isTrue();
        assertThat(rig.data().resolve("vms").resolve(vm)).doesNotExist();
    }

    private void info() {
        var info = json("GetVmInfo", named());
        assertThat(info.has("vmId")).as(info::toString).isTrue();
        assertThat(info.get("vmId").getAsString()).isEqualTo(vm);
        assertThat(info.get("state").getAsString()).isEqualTo("VM_STATE_RUNNING");
        var memory = info.getAsJsonObject("config").getAsJsonObject("memory");
        assertThat(memory.get("sizeBytes").getAsString()).isEqualTo("16777216");
        assertThat(info.getAsJsonObject("backendInfo").get("backend").getAsString())
                .isEqualTo("qemu");
    }

    private String create() {
        return """
        {"vm_id": "%s", "config": {
          "cpu": {"vcpu_count": 1},
          "memory": {"size_bytes": 16777216},
          "boot": {"kernel_path": "%s", "kernel_args": "console=ttyS0 vmcp.listen"}}}
        """
                .formatted(vm, rig.kernel())
                .replace("\n", " ");
    }

    private String named() {
        return "{\"vm_id\": \"" + vm + "\"}";
    }

    private String state(String method, String request) {
        var answer = json(method, request);
        assertThat(answer.has("state")).as(() -> method + " answered " + answer).isTrue();
        return answer.get("state").getAsString();
    }

    private JsonObject json(String method, String request) {
        var answer = caller.call(method, request);
        try {
            return JsonParser.parseString(answer).getAsJsonObject();
        } catch (RuntimeException e) {
            throw new AssertionError(method + " answered: " + answer, e);
        }
    }
}
