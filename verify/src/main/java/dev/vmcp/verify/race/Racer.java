package dev.vmcp.verify.race;

import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CpuConfig;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoResponse;
import dev.vmcp.api.vmm.v1.MemoryConfig;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.RebootVmRequest;
import dev.vmcp.api.vmm.v1.ResumeVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.client.HostClient;
import dev.vmcp.core.vm.RaceTable;
import dev.vmcp.core.vm.RaceTable.Answer;
import dev.vmcp.core.vm.RaceTable.Call;
import dev.vmcp.core.vm.RaceTable.Ending;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Runs pairs of calls on tiny guests through the API.
///
/// @param kernel the tiny guest
record Racer(HostClient client, Path kernel) {

    /// Longer than a guest has that does not go down when a reboot asks it to.
    private static final Duration ANSWERS = Duration.ofSeconds(60);

    /// How far apart the two calls of a pair are at most.
    private static final long APART_NANOS = 20_000_000;

    /// Runs one pair on a VM of its own, which is gone afterwards.
    ///
    /// @param apart nanoseconds from the first call to the second; negative the other way round
    Ending run(String vm, Pair pair, long apart) throws Exception {
        bring(vm, pair.start());
        var barrier = new CyclicBarrier(2);
        var a = called(vm, pair.a(), barrier, Math.max(0, -apart));
        var b = called(vm, pair.b(), barrier, Math.max(0, apart));
        var first = a.get(2 * ANSWERS.toSeconds(), TimeUnit.SECONDS);
        var second = b.get(2 * ANSWERS.toSeconds(), TimeUnit.SECONDS);
        var ending = new Ending(first, second, phase(vm));
        remove(vm);
        return ending;
    }

    static long apart(long random) {
        return Math.floorMod(random, 2 * APART_NANOS) - APART_NANOS;
    }

    private void bring(String vm, Pair.Start to) {
        create(vm);
        if (to == Pair.Start.CREATED) {
            return;
        }
        client.bootVm(BootVmRequest.newBuilder().setVmId(vm).build());
        switch (to) {
            case CREATED, RUNNING -> {}
            case PAUSED -> client.pauseVm(PauseVmRequest.newBuilder().setVmId(vm).build());
            case STOPPED ->
                    client.shutdownVm(
                            ShutdownVmRequest.newBuilder().setVmId(vm).setForce(true).build());
            case FAILED -> fail(vm);
        }
    }

    private void create(String vm) {
        client.createVm(
                CreateVmRequest.newBuilder()
                        .setVmId(vm)
                        .setConfig(
                                VmConfig.newBuilder()
                                        .setCpu(CpuConfig.newBuilder().setVcpuCount(1))
                                        .setMemory(MemoryConfig.newBuilder().setSizeBytes(16 << 20))
                                        .setBoot(
                                                BootConfig.newBuilder()
                                                        .setKernelPath(kernel.toString())
                                                        .setKernelArgs("vmcp.listen")))
                        .build());
    }

    private void fail(String vm) {
        long pid = Long.parseLong(info(vm).getBackendInfoOrThrow("pid"));
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        long patience = System.nanoTime() + ANSWERS.toNanos();
        while (!phase(vm).equals("Failed")) {
            if (System.nanoTime() > patience) {
                throw new IllegalStateException(
                        vm + ": " + phase(vm) + " (expected: Failed, its VMM was killed)");
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private CompletableFuture<Answer> called(
            String vm, Call call, CyclicBarrier barrier, long delay) {
        var answer = new CompletableFuture<Answer>();
        Thread.ofVirtual()
                .name("call-" + vm)
                .start(() -> {
                    try {
                        barrier.await(ANSWERS.toSeconds(), TimeUnit.SECONDS);
                        LockSupport.parkNanos(delay);
                        answer.complete(answer(vm, call));
                    } catch (Exception e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer;
    }

    private Answer answer(String vm, Call call) {
        try {
            make(vm, call);
            return Answer.OK;
        } catch (CallFailed e) {
            return switch (e.code()) {
                case FAILED_PRECONDITION -> Answer.FAILED_PRECONDITION;
                case NOT_FOUND -> Answer.NOT_FOUND;
                case ABORTED -> Answer.OVERTAKEN;
                default -> throw e;
            };
        }
    }

    private void make(String vm, Call call) {
        var timed = client.within(ANSWERS);
        var _ =
                switch (call.verb()) {
                    case BOOT -> timed.bootVm(BootVmRequest.newBuilder().setVmId(vm).build());
                    case PAUSE -> timed.pauseVm(PauseVmRequest.newBuilder().setVmId(vm).build());
                    case RESUME -> timed.resumeVm(ResumeVmRequest.newBuilder().setVmId(vm).build());
                    case SHUTDOWN ->
                            timed.shutdownVm(
                                    ShutdownVmRequest.newBuilder()
                                            .setVmId(vm)
                                            .setForce(call.force())
                                            .setTimeoutSeconds(1)
                                            .build());
                    case REBOOT ->
                            timed.rebootVm(
                                    RebootVmRequest.newBuilder()
                                            .setVmId(vm)
                                            .setForce(call.force())
                                            .build());
                    case DELETE ->
                            timed.deleteVm(
                                    DeleteVmRequest.newBuilder()
                                            .setVmId(vm)
                                            .setForce(call.force())
                                            .build());
                };
    }

    private String phase(String vm) {
        try {
            return info(vm).getBackendInfoOrThrow("phase");
        } catch (CallFailed e) {
            if (e.code() == Code.NOT_FOUND) {
                return RaceTable.GONE;
            }
            throw e;
        }
    }

    private GetVmInfoResponse info(String vm) {
        return client.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm).build());
    }

    /// A VM is never stuck: force always removes it, and soon.
    private void remove(String vm) {
        try {
            var request = DeleteVmRequest.newBuilder().setVmId(vm).setForce(true).build();
            client.within(Duration.ofSeconds(10)).deleteVm(request);
        } catch (CallFailed e) {
            if (e.code() != Code.NOT_FOUND) {
                throw e;
            }
        }
        if (!phase(vm).equals(RaceTable.GONE)) {
            throw new IllegalStateException(vm + ": " + phase(vm) + " (expected: gone)");
        }
    }
}
