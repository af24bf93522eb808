package dev.vmcp.verify.bench;

import dev.vmcp.api.host.v1.VmView;
import dev.vmcp.api.host.v1.WatchVmsRequest;
import dev.vmcp.api.host.v1.WatchVmsResponse;
import dev.vmcp.client.ServerStream;
import java.util.HashSet;
import java.util.function.Predicate;

/// One open watch of all VMs of a host. For use by one thread.
final class Watcher implements AutoCloseable {

    private final ServerStream<WatchVmsResponse> stream;

    Watcher(BenchHost host) {
        stream = host.client().watchVms(WatchVmsRequest.getDefaultInstance());
    }

    /// Opens a watch and waits until that many VMs were seen with a process that was observed after
    /// `since`; returns the time it took.
    static long untilSeen(BenchHost host, int vms, long since) {
        long began = System.nanoTime();
        var seen = new HashSet<String>();
        try (var watcher = new Watcher(host)) {
            while (seen.size() < vms) {
                var vm = watcher.await(view -> view.getPid() != 0);
                if (vm.getObservedAtMillis() >= since) {
                    seen.add(vm.getVmId());
                }
            }
        }
        return System.nanoTime() - began;
    }

    /// Waits for news of a VM that are so.
    ///
    /// @throws IllegalStateException when the stream ends before
    VmView await(Predicate<VmView> so) {
        while (true) {
            var event =
                    stream.next()
                            .orElseThrow(() ->
                                    new IllegalStateException("watch: ended (expected: news)"));
            if (event.hasVm() && so.test(event.getVm())) {
                return event.getVm();
            }
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
