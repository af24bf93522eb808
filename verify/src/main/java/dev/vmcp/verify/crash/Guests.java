package dev.vmcp.verify.crash;

import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.api.vmm.v1.CpuConfig;
import dev.vmcp.api.vmm.v1.MemoryConfig;
import dev.vmcp.api.vmm.v1.StorageDevice;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.host.guest.BootSectorGuest;
import dev.vmcp.host.guest.TinyGuest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The guests of the storm: tiny ones that listen, half of which print all the time; on a backend
/// that only boots firmware, boot sectors.
record Guests(Path directory) {

    private static final int MEMORY = 16 << 20;

    /// Less does not hold what Cloud Hypervisor lays into a guest's memory.
    private static final int ROOMY_MEMORY = 64 << 20;

    private static final int FIRMWARE_MEMORY = 32 << 20;

    /// Writes the kernel that all share.
    static Guests in(Path directory) throws IOException {
        TinyGuest.writeTo(directory.resolve("tiny"));
        return new Guests(directory);
    }

    VmConfig of(Known vm) {
        var config = VmConfig.newBuilder().setCpu(CpuConfig.newBuilder().setVcpuCount(1));
        if (!vm.listens()) {
            return config.setMemory(MemoryConfig.newBuilder().setSizeBytes(FIRMWARE_MEMORY))
                    .addStorage(
                            StorageDevice.newBuilder()
                                    .setId("root")
                                    .setPath(disk(vm).toString())
                                    .setIsRootDevice(true))
                    .build();
        }
        var prints = vm.vm.hashCode() % 2 == 0 ? " vmcp.print" : "";
        int memory = vm.backend.equals("cloudhypervisor") ? ROOMY_MEMORY : MEMORY;
        return config.setMemory(MemoryConfig.newBuilder().setSizeBytes(memory))
                .setBoot(
                        BootConfig.newBuilder()
                                .setKernelPath(directory.resolve("tiny").toString())
                                .setKernelArgs("vmcp.listen" + prints))
                .build();
    }

    private Path disk(Known vm) {
        var disk = directory.resolve(vm.vm + ".raw");
        try {
            if (!Files.exists(disk)) {
                BootSectorGuest.writeTo(disk, false);
            }
            return disk;
        } catch (IOException e) {
            throw new UncheckedIOException("write " + disk, e);
        }
    }
}
