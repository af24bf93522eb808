package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.RebootVmRequest;
import dev.vmcp.api.vmm.v1.ResumeVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.HostClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// What is asked of one VM, each call with the same deadline.
record Verbs(HostClient client, String vm) {

    /// Longer than any step of ours may take, however slow the machine.
    static final Duration ANSWERS = Duration.ofSeconds(90);

    static Verbs of(Rig rig, String vm) {
        return new Verbs(rig.client().within(ANSWERS), vm);
    }

    Verbs within(Duration limit) {
        return new Verbs(client.within(limit), vm);
    }

    void boot() {
        var _ = client.bootVm(BootVmRequest.newBuilder().setVmId(vm).build());
    }

    void pause() {
        var _ = client.pauseVm(PauseVmRequest.newBuilder().setVmId(vm).build());
    }

    void resume() {
        var _ = client.resumeVm(ResumeVmRequest.newBuilder().setVmId(vm).build());
    }

    void reboot() {
        var request = RebootVmRequest.newBuilder().setVmId(vm);
        var _ = client.rebootVm(request.build());
    }

    void rebootByForce() {
        var _ = client.rebootVm(RebootVmRequest.newBuilder().setVmId(vm).setForce(true).build());
    }

    /// The outcome: `graceful` or `killed`.
    String shutdown(int seconds) {
        var request = ShutdownVmRequest.newBuilder().setVmId(vm).setTimeoutSeconds(seconds);
        return client.shutdownVm(request.build()).getOutcome();
    }

    String shutdownByForce() {
        var request = ShutdownVmRequest.newBuilder().setVmId(vm).setForce(true);
        return client.shutdownVm(request.build()).getOutcome();
    }

    /// How a call fails.
    static CallFailed failure(ThrowingCallable call) {
        var failed = catchThrowableOfType(CallFailed.class, call);
        if (failed == null) {
            throw new AssertionError("the call did not fail");
        }
        return failed;
    }

    /// A call on a thread of its own.
    static <T> CompletableFuture<T> beside(Supplier<T> call) {
        var answer = new CompletableFuture<T>();
        Thread.ofVirtual()
                .name("caller")
                .start(() -> {
                    try {
                        answer.complete(call.get());
                    } catch (RuntimeException | Error e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer.orTimeout(ANSWERS.toSeconds(), TimeUnit.SECONDS);
    }

    /// A call on a thread of its own that is to fail, and how.
    static CompletableFuture<CallFailed> failureBeside(ThrowingCallable call) {
        return beside(() -> failure(call));
    }
}
