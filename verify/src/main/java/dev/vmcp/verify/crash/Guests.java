package dev.vmcp.verify.crash;

import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.api.vmm.v1.CpuConfig;
import dev.vmcp.api.vmm.v1.MemoryConfig;
import dev.vmcp.api.vmm.v1.NetworkInterface;
import dev.vmcp.api.vmm.v1.StorageDevice;
import dev.vmcp.api.vmm.v1.VmConfig;
import dev.vmcp.host.guest.BootSectorGuest;
import dev.vmcp.host.guest.TinyGuest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// The guests of the storm: tiny ones that listen, half of which print all the time; on a backend
/// that only boots firmware, boot sectors. Each has disks that only their owner may open, one that
/// all may, and where there are TAPs, a network interface.
record Guests(Path directory, UsersFiles files) {

    static final String OPEN = "open";
    static final String MORE = "more";

    private static final int MEMORY = 16 << 20;

    /// Less does not hold what Cloud Hypervisor lays into a guest's memory.
    private static final int ROOMY_MEMORY = 64 << 20;

    private static final int FIRMWARE_MEMORY = 32 << 20;
    private static final int DISK = 1 << 20;

    /// Writes the kernel that all share, and the disks of each.
    static Guests in(Path directory, List<Known> all) throws IOException {
        var files = new UsersFiles();
        var guests = new Guests(directory, files);
        TinyGuest.writeTo(guests.kernel());
        files.add(guests.kernel());
        for (var vm : all) {
            if (vm.listens()) {
                disk(guests.disk(vm), "rw-------");
                disk(guests.spare(vm), "rw-r-----");
                disk(guests.open(vm), "rw-rw-rw-");
            } else {
                BootSectorGuest.writeTo(guests.disk(vm), false);
            }
            guests.filesOf(vm).forEach(files::add);
        }
        return guests;
    }

    VmConfig of(Known vm) {
        var config = VmConfig.newBuilder().setCpu(CpuConfig.newBuilder().setVcpuCount(1));
        config.addStorage(storage("root", disk(vm)).setIsRootDevice(true));
        if (!vm.listens()) {
            return config.setMemory(MemoryConfig.newBuilder().setSizeBytes(FIRMWARE_MEMORY))
                    .build();
        }
        config.addStorage(storage(OPEN, open(vm)));
        if (OwnGround.here()) {
            config.addNetwork(
                    NetworkInterface.newBuilder()
                            .setId("n")
                            .setTapDevice(OwnGround.tap(vm.number)));
        }
        var prints = vm.number % 2 == 0 ? " vmcp.print" : "";
        int memory = vm.backend.equals("cloudhypervisor") ? ROOMY_MEMORY : MEMORY;
        var of = MemoryConfig.newBuilder().setSizeBytes(memory);
        if (vm.diffs()) {
            of.putBacking("dirty_tracking", "on");
        }
        return config.setMemory(of)
                .setBoot(
                        BootConfig.newBuilder()
                                .setKernelPath(kernel().toString())
                                .setKernelArgs("vmcp.listen" + prints))
                .build();
    }

    static StorageDevice.Builder storage(String id, Path file) {
        return StorageDevice.newBuilder().setId(id).setPath(file.toString());
    }

    Path disk(Known vm) {
        return directory.resolve(vm.vm + ".raw");
    }

    /// One that it has not at first.
    Path spare(Known vm) {
        return directory.resolve(vm.vm + ".spare");
    }

    /// The one that all may.
    Path open(Known vm) {
        return directory.resolve(vm.vm + ".open");
    }

    private Path kernel() {
        return directory.resolve("tiny");
    }

    /// What its VMM may be lent.
    List<Path> lentTo(Known vm) {
        var files = new ArrayList<>(filesOf(vm));
        files.add(kernel());
        return files;
    }

    private List<Path> filesOf(Known vm) {
        return vm.listens() ? List.of(disk(vm), spare(vm), open(vm)) : List.of(disk(vm));
    }

    private static void disk(Path file, String mode) throws IOException {
        try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength(DISK);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
