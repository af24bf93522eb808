package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.HostTaps;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Specs;
import dev.vmcp.host.driver.TinyStage;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.vmm.Kvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The real QEMU with tiny guests that listen.
class QemuStage extends TinyStage {

    QemuStage(Path directory) throws IOException {
        super(directory, new Names("tiny, with comma.elf", "data,1"));
        if (environment.getOrDefault(Accelerator.VARIABLE, "").isEmpty()) {
            environment.put(Accelerator.VARIABLE, Files.isWritable(Kvm.DEVICE) ? "kvm" : "tcg");
        }
    }

    @Override
    protected Driver driver(Processes processes, Map<String, String> environment) {
        return new QemuDriver(processes, environment, new HostTaps());
    }

    @Override
    public String variant() {
        return "microvm, " + environment.get(Accelerator.VARIABLE);
    }

    @Override
    public VmSpec unprivileged() {
        return spec("vmcp.listen", Map.of("accel", "tcg"), List.of());
    }

    /// By TCG, where firmware is fast.
    @Override
    public VmSpec screened() {
        return spec("vmcp.listen", Map.of("vnc", "on", "accel", "tcg"), List.of());
    }

    @Override
    public Optional<Path> controlSocket(Launch launch) {
        return Optional.of(launch.directory().resolve(QmpDial.SOCKET));
    }

    VmSpec spec(String arguments, Map<String, String> options, List<VmSpec.Disk> disks) {
        var boot = new VmSpec.Boot(kernel().toString(), "", arguments, options);
        var spec = Specs.with(Specs.plain("", "", MEMORY), boot);
        for (var disk : disks) {
            spec = Specs.with(spec, disk);
        }
        return spec;
    }
}
