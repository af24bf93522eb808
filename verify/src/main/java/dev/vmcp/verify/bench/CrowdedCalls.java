package dev.vmcp.verify.bench;

import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.ResumeVmRequest;
import dev.vmcp.api.vmm.v1.VmState;

/// Calls of one caller to a host with that many running guests.
record CrowdedCalls(BenchHost host, int guests, Report report) {

    private static final int QUESTIONS = 1000;
    private static final int CHANGES = 100;

    void run() {
        questions();
        watches();
    }

    private void questions() {
        var list = new Samples();
        var info = new Samples();
        var page = ListVmsRequest.newBuilder().setPageSize(100).build();
        for (int i = -QUESTIONS; i < QUESTIONS; i++) {
            var vm = DensityBench.name(Math.floorMod(i, guests));
            var request = GetVmInfoRequest.newBuilder().setVmId(vm).build();
            long began = System.nanoTime();
            var _ = host.client().getVmInfo(request);
            long told = System.nanoTime();
            var _ = host.client().listVms(page);
            if (i >= 0) {
                info.add(told - began);
                list.add(System.nanoTime() - told);
            }
        }
        report.line("info, one caller", "%s", info);
        report.line("list of 100, one caller", "%s", list);
        report.atMost("info, p99", info.millis(99), 3, " ms");
        report.atMost("first page of a list, p50", list.millis(50), 5, " ms");
    }

    /// A watch that is opened, and one that is open when something changes.
    private void watches() {
        long opened = Watcher.untilSeen(host, guests, 0);
        report.line("watch: open -> all seen", "%.1f ms", opened / 1e6);
        var changes = new Samples();
        try (var watcher = new Watcher(host)) {
            for (int i = 0; i < CHANGES; i++) {
                var vm = DensityBench.name(i % guests);
                long began = System.nanoTime();
                var _ = host.client().pauseVm(PauseVmRequest.newBuilder().setVmId(vm).build());
                await(watcher, vm, VmState.VM_STATE_PAUSED);
                changes.add(System.nanoTime() - began);
                var _ = host.client().resumeVm(ResumeVmRequest.newBuilder().setVmId(vm).build());
                await(watcher, vm, VmState.VM_STATE_RUNNING);
            }
        }
        report.line("watch: pause call -> news of it", "%s", changes);
    }

    private static void await(Watcher watcher, String vm, VmState state) {
        var _ = watcher.await(view -> view.getVmId().equals(vm) && view.getState() == state);
    }
}
