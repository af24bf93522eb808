package dev.vmcp.verify.bench;

import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CpuConfig;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.MemoryConfig;
import dev.vmcp.api.vmm.v1.StorageDevice;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import dev.vmcp.host.guest.BootSectorGuest;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.TinyHost;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/// A host with a directory and a tiny guest of its own. Closing it ends the host and every VMM that
/// it started, and removes the directory.
final class BenchHost implements AutoCloseable {

    private final Backend backend;
    private final Path directory;
    private final Path kernel;
    private final Path disk;
    private HostProcess process;
    private HostClient client;

    BenchHost() throws IOException {
        this(Backend.QEMU);
    }

    BenchHost(Backend backend) throws IOException {
        this.backend = backend;
        directory = Files.createTempDirectory("vmcp-bench").toRealPath();
        kernel = directory.resolve("tiny");
        TinyGuest.writeTo(kernel);
        disk = directory.resolve("boot-sector");
        BootSectorGuest.writeTo(disk, false);
        process = launch(setup());
        client = dial(process);
    }

    /// The launcher of a build, where there is one: it has the flags and the AOT cache of users.
    static Optional<Path> launcher() {
        var root = Path.of(System.getProperty("vmcp.root", "."));
        return Optional.of(root.resolve("build/vmcp")).filter(Files::isExecutable);
    }

    /// What runs, for the report.
    static String form() {
        return launcher().isEmpty()
                ? "from the class path, without an AOT cache (there is no build/)"
                : Files.exists(launcher().get().resolveSibling("cache").resolve("host.aot"))
                        ? "build/vmcp with its AOT cache"
                        : "build/vmcp without an AOT cache";
    }

    private HostProcess.Setup setup() {
        var tiny =
                TinyHost.setup(data())
                        .with("VMCP_MEMORY_RATIO", "100")
                        .with("UNKEY_VMCP_BACKEND", backend.name())
                        .with("VMCP_FIRECRACKER_JAIL", backend.jailed() ? "always" : "never")
                        .with("VMCP_UID_BASE", backend.jailed() ? "100000" : "0");
        return new HostProcess.Setup(
                tiny.directory(),
                tiny.log(),
                tiny.environment(),
                List.of("-Xms40m", "-Xmx256m"),
                List.of());
    }

    private static HostProcess launch(HostProcess.Setup setup) {
        return launcher()
                .map(launcher -> HostProcess.start(setup, launcher))
                .orElseGet(() -> HostProcess.start(setup));
    }

    private static HostClient dial(HostProcess process) {
        return HostClient.of(Endpoint.parse(process.url()), TlsFiles.NONE, "");
    }

    Path directory() {
        return directory;
    }

    Path data() {
        return directory.resolve("data");
    }

    Backend backend() {
        return backend;
    }

    Path kernel() {
        return kernel;
    }

    /// What a VMM boots that takes no kernel.
    Path disk() {
        return disk;
    }

    HostProcess process() {
        return process;
    }

    HostClient client() {
        return client;
    }

    /// `kill -9` and a new host in the same directory; returns what the start took until it
    /// answered a list.
    long restart() {
        client.close();
        process.kill();
        long began = System.nanoTime();
        process = launch(setup());
        client = dial(process);
        var _ = client.listVms(ListVmsRequest.getDefaultInstance());
        return System.nanoTime() - began;
    }

    void create(String vm) {
        create(vm, Optional.empty());
    }

    /// @param data a disk that the guest may write
    void create(String vm, Optional<Path> data) {
        var memory = MemoryConfig.newBuilder().setSizeBytes(backend.memoryBytes());
        var config =
                VmConfig.newBuilder()
                        .setCpu(CpuConfig.newBuilder().setVcpuCount(1))
                        .setMemory(memory);
        if (backend.vmm() == Backend.Vmm.MVISOR) {
            config.addStorage(
                    StorageDevice.newBuilder()
                            .setId("root")
                            .setPath(disk.toString())
                            .setIsRootDevice(true)
                            .setReadOnly(true));
        } else {
            config.setBoot(BootConfig.newBuilder().setKernelPath(kernel.toString()));
        }
        data.ifPresent(path ->
                config.addStorage(
                        StorageDevice.newBuilder().setId("data").setPath(path.toString())));
        client.createVm(CreateVmRequest.newBuilder().setVmId(vm).setConfig(config).build());
    }

    void boot(String vm) {
        client.bootVm(BootVmRequest.newBuilder().setVmId(vm).build());
    }

    void delete(String vm) {
        client.deleteVm(DeleteVmRequest.newBuilder().setVmId(vm).setForce(true).build());
    }

    /// Completes with the instant (of [System#nanoTime]) at which a reader has the VM's first
    /// output.
    CompletableFuture<Long> firstOutput(String vm) {
        var seen = new CompletableFuture<Long>();
        Thread.ofVirtual()
                .start(() -> {
                    var request = ReadConsoleRequest.newBuilder().setVmId(vm).setFollow(true);
                    try (var stream = client.readConsole(request.build())) {
                        var piece = stream.next();
                        while (piece.isPresent() && piece.get().getData().isEmpty()) {
                            piece = stream.next();
                        }
                        seen.complete(System.nanoTime());
                    } catch (RuntimeException e) {
                        seen.completeExceptionally(e);
                    }
                });
        return seen;
    }

    /// Runs `task` for 0 to `count - 1` with so many callers at once; returns the time it took.
    static long parallel(int callers, int count, IntConsumer task) throws Exception {
        long began = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(callers, Thread.ofVirtual().factory())) {
            var calls = new java.util.ArrayList<java.util.concurrent.Future<?>>();
            for (int i = 0; i < count; i++) {
                int number = i;
                calls.add(threads.submit(() -> task.accept(number)));
            }
            for (var call : calls) {
                var _ = call.get(10, TimeUnit.MINUTES);
            }
        }
        return System.nanoTime() - began;
    }

    @Override
    public void close() throws IOException {
        client.close();
        process.close();
        for (long pid : VmmProcesses.of(data()).keySet()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        remove(directory);
    }

    static void remove(Path tree) throws IOException {
        try (var paths = Files.walk(tree)) {
            for (var path : paths.toList().reversed()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
