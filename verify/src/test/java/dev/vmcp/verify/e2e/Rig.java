package dev.vmcp.verify.e2e;

import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CpuConfig;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoResponse;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.MemoryConfig;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.verify.harness.GuestConsole;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.TinyHost;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// A host process, a client of it, and a tiny guest's kernel, all in one directory. Closing it
/// removes every VM, stops the host, and fails when anything is left.
final class Rig implements AutoCloseable {

    private static final Duration GUEST_ANSWERS = Duration.ofSeconds(30);
    private static final Duration SETTLES = Duration.ofSeconds(30);

    private final Path directory;
    private final HostProcess.Setup setup;
    private final HostProcess.As as;
    private HostProcess host;
    private HostClient client;

    private Rig(Path directory, HostProcess.Setup setup, HostProcess.As as) {
        this.directory = directory;
        this.setup = setup;
        this.as = as;
        this.host = HostProcess.start(setup, as);
        this.client = dial(host);
    }

    static Rig in(Path directory) {
        return in(directory, setup -> setup);
    }

    static Rig in(Path directory, UnaryOperator<HostProcess.Setup> change) {
        return in(directory, change, HostProcess.As.USUAL);
    }

    static Rig in(Path directory, UnaryOperator<HostProcess.Setup> change, HostProcess.As as) {
        try {
            var real = directory.toRealPath();
            TinyGuest.writeTo(real.resolve("tiny"));
            return new Rig(real, change.apply(setup(real)), as);
        } catch (IOException e) {
            throw new IllegalStateException("a rig in " + directory, e);
        }
    }

    /// How the host of a rig is set up: paths of VMs lie in the directory, which is to be real.
    static HostProcess.Setup setup(Path directory) {
        return TinyHost.setup(directory.resolve("data"))
                .with("VMCP_ALLOWED_PATHS", directory.toString());
    }

    /// A host over a data directory that another one left.
    static Rig over(Path directory, HostProcess.Setup setup) {
        return new Rig(directory, setup, HostProcess.As.USUAL);
    }

    static HostClient dial(HostProcess host) {
        return HostClient.of(Endpoint.parse(host.url()), TlsFiles.NONE, "");
    }

    /// Ends the host with `kill -9` and starts it again.
    void restart() {
        host.kill();
        client.close();
        host = HostProcess.start(setup, as);
        client = dial(host);
    }

    /// Ends the host with SIGTERM and starts it again; returns the exit status.
    int stopAndStart() {
        int status = host.terminate();
        client.close();
        host = HostProcess.start(setup, as);
        client = dial(host);
        return status;
    }

    HostProcess host() {
        return host;
    }

    HostClient client() {
        return client;
    }

    Path directory() {
        return directory;
    }

    Path data() {
        return setup.directory();
    }

    Path log() {
        return setup.log();
    }

    String kernel() {
        return directory.resolve("tiny").toString();
    }

    /// A guest that obeys its keys.
    VmConfig.Builder config() {
        return config("vmcp.listen");
    }

    VmConfig.Builder config(String arguments) {
        return config(kernel(), arguments);
    }

    static VmConfig.Builder config(String kernel, String arguments) {
        return VmConfig.newBuilder()
                .setCpu(CpuConfig.newBuilder().setVcpuCount(1))
                .setMemory(MemoryConfig.newBuilder().setSizeBytes(16 << 20))
                .setBoot(BootConfig.newBuilder().setKernelPath(kernel).setKernelArgs(arguments));
    }

    void create(String vm) {
        create(vm, config().build());
    }

    void create(String vm, VmConfig config) {
        create(client, vm, config);
    }

    static void create(HostClient client, String vm, VmConfig config) {
        var _ = client.createVm(CreateVmRequest.newBuilder().setVmId(vm).setConfig(config).build());
    }

    /// Creates and boots, and waits until the guest has said its nonce, which is returned.
    String run(String vm) {
        return run(vm, config().build());
    }

    String run(String vm, VmConfig config) {
        create(vm, config);
        var _ = client.bootVm(BootVmRequest.newBuilder().setVmId(vm).build());
        return console(vm).nonceAfter(0).orElseThrow();
    }

    GetVmInfoResponse info(String vm) {
        return info(client, vm);
    }

    private static GetVmInfoResponse info(HostClient client, String vm) {
        return client.getVmInfo(GetVmInfoRequest.newBuilder().setVmId(vm).build());
    }

    String phase(String vm) {
        return info(vm).getBackendInfoOrThrow("phase");
    }

    long pid(String vm) {
        return pid(client, vm);
    }

    static long pid(HostClient client, String vm) {
        return Long.parseLong(info(client, vm).getBackendInfoOrThrow("pid"));
    }

    GetVmInfoResponse awaitPhase(String vm, String phase) {
        Await.until(vm + " is " + phase, SETTLES, () -> phase(vm).equals(phase));
        return info(vm);
    }

    GuestConsole console(String vm) {
        return new GuestConsole(client, vm, GUEST_ANSWERS);
    }

    void delete(String vm) {
        delete(client, vm);
    }

    static void delete(HostClient client, String vm) {
        var _ = client.deleteVm(DeleteVmRequest.newBuilder().setVmId(vm).setForce(true).build());
    }

    void deleteAll() {
        var page = ListVmsRequest.newBuilder().setPageSize(1000).build();
        for (var vms = client.listVms(page); vms.getVmsCount() > 0; vms = client.listVms(page)) {
            vms.getVmsList().forEach(vm -> delete(vm.getVmId()));
        }
    }

    /// What no VM accounts for: VMMs, launches, directories.
    List<String> left() {
        var left = new ArrayList<String>();
        VmmProcesses.of(data()).forEach((pid, launch) -> left.add("process " + pid + " " + launch));
        for (var place : List.of("launches", "vms")) {
            try (var entries = Files.list(data().resolve(place))) {
                entries.forEach(entry -> left.add(place + "/" + entry.getFileName()));
            } catch (IOException e) {
                left.add(e.toString());
            }
        }
        return left;
    }

    @Override
    public void close() {
        try {
            deleteAll();
            int status = host.terminate();
            if (status != 0 || !left().isEmpty()) {
                throw new AssertionError("host ended with " + status + "; left: " + left());
            }
        } catch (CallFailed e) {
            throw new AssertionError("the host does not clean up: " + e.message(), e);
        } finally {
            client.close();
            host.close();
            endVmms(data());
        }
    }

    /// Ends what runs of a host that is gone.
    static void endVmms(Path data) {
        VmmProcesses.of(data)
                .keySet()
                .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
}
