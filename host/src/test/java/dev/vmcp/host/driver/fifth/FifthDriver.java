package dev.vmcp.host.driver.fifth;

import dev.vmcp.core.backend.Capability;
import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.core.vm.Objections;
import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.process.Spawn;
import dev.vmcp.host.vmm.LaunchFiles;
import dev.vmcp.host.vmm.VirtioOnly;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A hypervisor that only boots and stops: a shell that prints for ever.
final class FifthDriver implements Driver {

    private static final String GUEST =
            "while :; do echo \"vmcp tiny guest nonce=5 $0 lives\"; read -r _ < \"$1\"; done";

    private final Processes processes;

    FifthDriver(Processes processes) {
        this.processes = processes;
    }

    @Override
    public String name() {
        return "fifth";
    }

    @Override
    public Probe probe() {
        var claims = Arrays.stream(CapabilityName.values()).map(FifthDriver::claim).toList();
        return new Probe.Installed("/bin/sh", "5", "", claims);
    }

    private static Capability claim(CapabilityName name) {
        return switch (name) {
            case BOOT, CONSOLE_OUTPUT -> Capability.supported(name);
            default -> Capability.unsupported(name, "a shell cannot do that");
        };
    }

    @Override
    public SpecFindings check(VmSpec spec) {
        var objections = new Objections();
        objections.require(
                !spec.boot().kernel().isEmpty(), "config.boot.kernel_path", "", "a kernel");
        var disks = spec.disks().size();
        objections.requireSupported(disks == 0, "config.storage", disks, "no disk");
        var nics = spec.nics().size();
        objections.requireSupported(nics == 0, "config.network", nics, "no network");
        VirtioOnly.serialConsole(spec, objections);
        return objections.findings();
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        try {
            LaunchFiles.lay(launch);
        } catch (IOException | ProcessException e) {
            throw new DriverException(Kind.HOST, String.valueOf(e.getMessage()), e);
        }
        return (_, deadline) -> boot(launch, deadline);
    }

    private Live boot(Launch launch, Deadline deadline) {
        LaunchFiles.start(launch);
        if (deadline.passed()) {
            throw new DriverException(Kind.SILENT, "no time to start");
        }
        var vm = launch.vm().value();
        // A path in the launch's directory among the arguments is what a later life finds it by.
        var argv = List.of("/bin/sh", "-c", GUEST, vm, launch.serialIn().toString());
        try {
            return new FifthLive(
                    processes.spawn(
                            new Spawn(
                                    argv,
                                    Map.of(),
                                    launch.directory(),
                                    launch.log(),
                                    List.of(),
                                    serial(launch))));
        } catch (ProcessException e) {
            throw new DriverException(Kind.HOST, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public Optional<SerialPort> serial(Launch launch) {
        return Optional.of(new SerialPort.OutputPipe(launch.serialOut()));
    }

    @Override
    public Ended ended(Launch launch, Exit exit) {
        return Ended.unasked(launch, exit);
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        return new FifthLive(process);
    }
}
