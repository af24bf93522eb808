package dev.vmcp.verify.soak;

import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.api.host.v1.WatchVmsRequest;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.ResumeVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.HostClient;
import dev.vmcp.verify.harness.GuestConsole;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// What callers do with guests: each call of [#one] is the whole life of one VM. Safe for use by
/// many threads.
final class Lives {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_FAULTS = 20;

    private final Supplier<HostClient> dial;
    private final String kernel;
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();

    /// @param dial a client of its own for each life, so that connections come and go as well
    Lives(Supplier<HostClient> dial, String kernel) {
        this.dial = dial;
        this.kernel = kernel;
    }

    /// Creates, boots, talks to, pauses, resumes, stops and removes a VM, with reads and a watch in
    /// between.
    void one() {
        var vm = "soak-" + begun.incrementAndGet();
        try (var client = dial.get()) {
            live(client, vm);
            ended.incrementAndGet();
        } catch (CallFailed e) {
            fault(vm + ": " + e.code() + " " + e.message());
        }
    }

    private void live(HostClient client, String vm) {
        var console = new GuestConsole(client, vm, PATIENCE);
        var _ =
                client.createVm(
                        CreateVmRequest.newBuilder().setVmId(vm).setConfig(config()).build());
        try (var watch = client.watchVms(WatchVmsRequest.newBuilder().setVmId(vm).build())) {
            var _ = client.bootVm(BootVmRequest.newBuilder().setVmId(vm).build());
            if (console.nonceAfter(0).isEmpty()) {
                fault(vm + ": its guest does not speak");
            }
            if (watch.next().isEmpty()) {
                fault(vm + ": its watch says nothing");
            }
        }
        if (!console.echoes("soak")) {
            fault(vm + ": its guest does not listen");
        }
        var _ = client.pauseVm(PauseVmRequest.newBuilder().setVmId(vm).build());
        var _ = client.resumeVm(ResumeVmRequest.newBuilder().setVmId(vm).build());
        for (int i = 0; i < 20; i++) {
            var _ = client.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm).build());
        }
        var _ = client.listVms(ListVmsRequest.newBuilder().setPageSize(10).build());
        try (var all = client.readConsole(ReadConsoleRequest.newBuilder().setVmId(vm).build())) {
            while (all.next().isPresent()) {
                // Read to its end.
            }
        }
        var _ =
                client.shutdownVm(
                        ShutdownVmRequest.newBuilder().setVmId(vm).setForce(true).build());
        var _ = client.deleteVm(DeleteVmRequest.newBuilder().setVmId(vm).setForce(true).build());
    }

    private VmConfig config() {
        var config = VmConfig.newBuilder();
        config.getCpuBuilder().setVcpuCount(1);
        config.getMemoryBuilder().setSizeBytes(16 << 20);
        config.getBootBuilder().setKernelPath(kernel).setKernelArgs("vmcp.listen");
        return config.build();
    }

    private void fault(String what) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(what);
        }
    }

    long ended() {
        return ended.get();
    }

    List<String> faults() {
        return List.copyOf(faults);
    }
}
