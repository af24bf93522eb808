package dev.vmcp.verify.bench;

import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.platform.files.FileTrees;
import dev.vmcp.verify.harness.HostProcess;
import dev.vmcp.verify.harness.TinyHost;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// A host with one VM that is asked about, in a directory of its own.
final class TelemetryHost implements AutoCloseable {

    private final Path directory;
    private final HostProcess host;
    private long residentWhenWarm;

    private TelemetryHost(Path directory, HostProcess host) throws Exception {
        this.directory = directory;
        this.host = host;
        var kernel = directory.resolve("tiny");
        TinyGuest.writeTo(kernel);
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create(url() + "/vmm.v1.VmService/CreateVm"))
                            .header("content-type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(vm(kernel)))
                            .build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("CreateVm: " + answer.body() + " (expected: a VM)");
            }
        }
    }

    private static String vm(Path kernel) {
        return """
        {"vm_id": "one", "config": {"cpu": {"vcpu_count": 1}, "memory": {"size_bytes": 16777216},
         "boot": {"kernel_path": "%s"}}}
        """
                .formatted(kernel);
    }

    static TelemetryHost off() throws Exception {
        var directory = directory();
        return new TelemetryHost(directory, HostProcess.start(setup(directory)));
    }

    /// Of classes that do not ask for a trace.
    static TelemetryHost without() throws Exception {
        var directory = directory();
        var launcher = Untraced.launcher(directory);
        return new TelemetryHost(directory, HostProcess.start(setup(directory), launcher));
    }

    static TelemetryHost on(String endpoint, String rate) throws Exception {
        var directory = directory();
        var setup =
                setup(directory)
                        .with("UNKEY_VMCP_OTEL_ENABLED", "true")
                        .with("UNKEY_VMCP_OTEL_PROMETHEUS_PORT", "0")
                        .with("UNKEY_VMCP_OTEL_ENDPOINT", endpoint)
                        .with("UNKEY_VMCP_OTEL_SAMPLING_RATE", rate);
        return new TelemetryHost(directory, HostProcess.start(setup));
    }

    private static HostProcess.Setup setup(Path directory) {
        var tiny = TinyHost.setup(directory.resolve("data"));
        return new HostProcess.Setup(
                tiny.directory(), tiny.log(), tiny.environment(), Untraced.JVM, tiny.arguments());
    }

    private static Path directory() throws IOException {
        return Files.createTempDirectory("vmcp-bench").toRealPath();
    }

    String url() {
        return host.url();
    }

    void warm() throws IOException {
        residentWhenWarm = ProcessFacts.of(host.pid()).residentBytes();
    }

    /// How the host has grown since it was warm.
    String memory() throws IOException {
        long now = ProcessFacts.of(host.pid()).residentBytes();
        return String.format(
                Locale.ROOT,
                "%d MB, %+d MB since it was warm",
                now >> 20,
                (now - residentWhenWarm) >> 20);
    }

    @Override
    public void close() throws IOException {
        host.close();
        FileTrees.remove(directory);
    }
}
