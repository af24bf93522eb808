package dev.vmcp.verify.harness;

import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Ends with this program, however it is told to end but by SIGKILL, what it has started: guests of
/// hosts first, by their hosts where those answer, then every process below this one.
final class AtEnd {

    private static final int MOST_VMS = 1000;
    private static final int AT_ONCE = 8;

    /// What hosts get to delete their VMs.
    private static final long DELETING_SECONDS = 10;

    private static final ReentrantLock STARTING = new ReentrantLock();
    private static final Set<Path> DIRECTORIES = ConcurrentHashMap.newKeySet();
    private static final Map<HostProcess, Path> SERVING = new ConcurrentHashMap<>();
    private static boolean over;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(AtEnd::end, "at-end"));
    }

    private AtEnd() {}

    /// Starts a host; not any more once this program ends.
    ///
    /// @param directory its data directory
    static Process start(ProcessBuilder host, Path directory) throws IOException {
        STARTING.lock();
        try {
            if (over) {
                throw new IllegalStateException("this program is ending");
            }
            DIRECTORIES.add(directory);
            return host.start();
        } finally {
            STARTING.unlock();
        }
    }

    static void serves(HostProcess host, Path directory) {
        SERVING.put(host, directory);
    }

    static void ended(HostProcess host) {
        SERVING.remove(host);
    }

    private static void startNoMore() {
        STARTING.lock();
        try {
            over = true;
        } finally {
            STARTING.unlock();
        }
    }

    private static void end() {
        startNoMore();
        // Read first: what is below a process that ends is below this one no more.
        var below = ProcessHandle.current().descendants().toList();
        SERVING.forEach((host, directory) -> {
            if (host.alive() && !VmmProcesses.of(directory).isEmpty()) {
                deleteAll(host);
            }
        });
        below.forEach(ProcessHandle::destroyForcibly);
        SERVING.keySet().forEach(HostProcess::close);
        // A directory that is gone was cleared up.
        DIRECTORIES.stream().filter(Files::isDirectory).forEach(AtEnd::killGuests);
    }

    private static void deleteAll(HostProcess host) {
        // The client is closed first, which ends calls that still wait.
        try (var callers = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory());
                var client = HostClient.of(Endpoint.parse(host.url()), TlsFiles.NONE, "")) {
            var vms = client.listVms(ListVmsRequest.newBuilder().setPageSize(MOST_VMS).build());
            for (var vm : vms.getVmsList()) {
                var request = DeleteVmRequest.newBuilder().setVmId(vm.getVmId()).setForce(true);
                var _ = callers.submit(() -> client.deleteVm(request.build()));
            }
            callers.shutdown();
            if (!callers.awaitTermination(DELETING_SECONDS, TimeUnit.SECONDS)) {
                callers.shutdownNow();
            }
        } catch (CallFailed e) {
            System.err.println("host " + host.pid() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void killGuests(Path directory) {
        VmmProcesses.of(directory)
                .keySet()
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
}
