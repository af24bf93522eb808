package dev.vmcp.verify.bench;

import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import dev.vmcp.host.guest.BootSectorGuest;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.platform.files.FileTrees;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.TinyHost;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/// A host with a directory and a tiny guest of its own. Closing it ends the host and every VMM that
/// it started, and removes the directory.
final class BenchHost implements AutoCloseable {

    @SuppressWarnings("InlineFormatString") // a request is better read on its own
    private static final String VM =
            """
            {"vmId":"%s","config":{"cpu":{"vcpuCount":1},"memory":{"sizeBytes":"%d"},\
            "boot":{"kernelPath":"%s"},"storage":[%s]}}\
            """;

    private final Backend backend;
    private final Path directory;
    private final Path kernel;
    private final Path disk;
    private HostProcess process;
    private HostClient client;
    private LeanClient lean;

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
        lean = new LeanClient(process.url());
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
    long restart() throws IOException {
        lean.close();
        client.close();
        process.kill();
        long began = System.nanoTime();
        process = launch(setup());
        client = dial(process);
        lean = new LeanClient(process.url());
        var _ = client.listVms(ListVmsRequest.getDefaultInstance());
        return System.nanoTime() - began;
    }

    void create(String vm) {
        create(vm, Optional.empty());
    }

    /// @param data a disk that the guest may write
    void create(String vm, Optional<Path> data) {
        var mvisor = backend.vmm() == Backend.Vmm.MVISOR;
        var storage = new ArrayList<String>();
        if (mvisor) {
            storage.add(
                    "{\"id\":\"root\",\"isRootDevice\":true,\"readOnly\":true,\"path\":\"%s\"}"
                            .formatted(disk));
        }
        data.ifPresent(path -> storage.add("{\"id\":\"data\",\"path\":\"%s\"}".formatted(path)));
        lean.call(
                "CreateVm",
                VM.formatted(
                        vm,
                        backend.memoryBytes(),
                        mvisor ? "" : kernel,
                        String.join(",", storage)));
    }

    void boot(String vm) {
        lean.call("BootVm", "{\"vmId\":\"" + vm + "\"}");
    }

    void delete(String vm) {
        lean.call("DeleteVm", "{\"vmId\":\"" + vm + "\",\"force\":true}");
    }

    /// Completes with the instant (of [System#nanoTime]) at which a reader has the VM's first
    /// output.
    CompletableFuture<Long> firstOutput(String vm) {
        return CompletableFuture.supplyAsync(
                () -> {
                    lean.awaitOutput(vm);
                    return System.nanoTime();
                },
                task -> Thread.ofVirtual().start(task));
    }

    /// Runs `task` for 0 to `count - 1` with so many callers at once; returns the time it took.
    static long parallel(int callers, int count, IntConsumer task) throws Exception {
        long began = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(callers, Thread.ofVirtual().factory())) {
            var calls = new ArrayList<Future<?>>();
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
        lean.close();
        client.close();
        process.close();
        for (long pid : VmmProcesses.of(data()).keySet()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
        FileTrees.remove(directory);
    }
}
