package dev.vmcp.verify.harness;

import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CpuConfig;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.MemoryConfig;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.client.Endpoint;
import dev.vmcp.client.HostClient;
import dev.vmcp.client.TlsFiles;
import dev.vmcp.host.guest.TinyGuest;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/// A program that starts a host with one guest, says `ready` and the host's pid, and works on until
/// it is told to end. With `killed` after the directory, it has killed the host before.
final class Stopped {

    private Stopped() {}

    public static void main(String[] arguments) throws Exception {
        var directory = Path.of(arguments[0]);
        var kernel = directory.resolve("tiny");
        TinyGuest.writeTo(kernel);
        var setup =
                TinyHost.setup(directory.resolve("data"))
                        .with("VMCP_ALLOWED_PATHS", directory.toString());
        try (var host = HostProcess.start(setup);
                var client = HostClient.of(Endpoint.parse(host.url()), TlsFiles.NONE, "")) {
            var config =
                    VmConfig.newBuilder()
                            .setCpu(CpuConfig.newBuilder().setVcpuCount(1))
                            .setMemory(MemoryConfig.newBuilder().setSizeBytes(16 << 20))
                            .setBoot(BootConfig.newBuilder().setKernelPath(kernel.toString()));
            client.createVm(CreateVmRequest.newBuilder().setVmId("vm").setConfig(config).build());
            client.bootVm(BootVmRequest.newBuilder().setVmId("vm").build());
            if (arguments.length > 1) {
                host.kill();
            }
            System.out.println("ready " + host.pid());
            new CountDownLatch(1).await();
        }
    }
}
