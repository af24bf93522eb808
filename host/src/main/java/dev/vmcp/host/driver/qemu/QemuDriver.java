package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.driver.Restoring;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.vmm.FilesAsNamed;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.InstalledProgram;
import dev.vmcp.host.vmm.Kvm;
import dev.vmcp.host.vmm.LaunchFiles;
import dev.vmcp.host.vmm.Privileges;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// QEMU 7.2 or later: one process per VM, direct kernel boot, driven by QMP.
public final class QemuDriver implements Driver {

    private static final InstalledProgram.Wanted WANTED =
            new InstalledProgram.Wanted(
                    "qemu-system-x86_64",
                    "VMCP_QEMU",
                    "install qemu-system-x86",
                    Pattern.compile("version (\\d+(\\.\\d+)+)"));

    private final Processes processes;
    private final Map<String, String> environment;
    private final TapAccess taps;
    private final FileAccess files;
    private final InstalledProgram program;

    /// @param environment `VMCP_QEMU`, `VMCP_QEMU_ACCEL` and `PATH` are read
    public QemuDriver(Processes processes, Map<String, String> environment, TapAccess taps) {
        this(processes, environment, taps, new FilesAsNamed());
    }

    /// @param files opens what specs name
    public QemuDriver(
            Processes processes,
            Map<String, String> environment,
            TapAccess taps,
            FileAccess files) {
        this.files = files;
        this.processes = processes;
        this.environment = Map.copyOf(environment);
        this.taps = taps;
        this.program = new InstalledProgram(WANTED, processes, this.environment);
    }

    @Override
    public String name() {
        return "qemu";
    }

    @Override
    public Probe probe() {
        return switch (program.find()) {
            case InstalledProgram.Found.Missing(var why) -> new Probe.Missing(why);
            case InstalledProgram.Found.Installed(var path, var version) -> {
                var accelerator = Accelerator.ofHost(environment);
                yield new Probe.Installed(
                        path.toString(),
                        version,
                        accelerator.kind().word() + ": " + accelerator.why(),
                        QemuCapabilities.ALL);
            }
        };
    }

    @Override
    public SpecFindings check(VmSpec spec) {
        return QemuCheck.of(spec);
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        return prepare(spec, launch, Optional.empty());
    }

    @Override
    public Optional<Restoring> restoring() {
        return Optional.of((spec, launch, saved) ->
                prepare(spec, launch, Optional.of(saved.getFirst().resolve(QemuSnapshots.STATE))));
    }

    private Prepared prepare(VmSpec spec, Launch launch, Optional<Path> state) {
        var qemu = program.find().required();
        var accelerator = Accelerator.of(spec, environment);
        var handover = new Handover(files, launch.id());
        try {
            LaunchFiles.lay(launch);
            var kernel = readable(spec.boot().kernel(), "kernel", launch, handover);
            var initrd = readable(spec.boot().initrd(), "initrd", launch, handover);
            var line =
                    new ArrayList<>(
                            new CommandLine(spec, launch, accelerator, handover)
                                    .of(qemu.toString(), kernel, initrd));
            state.ifPresent(file -> line.addAll(List.of("-incoming", "fd:" + handover.own(file))));
            var command =
                    Privileges.chain(launch.uid(), group(launch, accelerator), environment, line);
            return new QemuPrepared(
                    spec, launch, command, state.isPresent(), handover, processes, taps);
        } catch (IOException | ProcessException e) {
            throw HostFault.of(e);
        }
    }

    @Override
    public Optional<SerialPort> serial(Launch launch) {
        return Optional.of(new SerialPort.Pipes(launch.serialIn(), launch.serialOut()));
    }

    @Override
    public Optional<Path> screen(VmSpec spec, Launch launch) {
        return Machine.screen(spec)
                ? Optional.of(launch.directory().resolve(CommandLine.SCREEN))
                : Optional.empty();
    }

    @Override
    public Ended ended(Launch launch, Exit exit) {
        return Ended.unasked(launch, exit);
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        var guest = new QemuLive.Guest(spec, launch, files);
        return QemuLive.connect(guest, process, taps, reaction, deadline);
    }

    /// Where QEMU can read a file that it opens by itself: the descriptor that it is handed, or a
    /// copy of its own when the file's permissions keep its user out.
    private String readable(String file, String name, Launch launch, Handover handover)
            throws IOException {
        if (file.isEmpty()) {
            return "";
        }
        var path = Path.of(file);
        if (launch.uid() == 0 || Privileges.readableByAll(path)) {
            return "/proc/self/fd/" + handover.image(path);
        }
        int opened = files.image(path);
        try {
            return LaunchFiles.copy(Path.of("/proc/self/fd/" + opened), name, launch).toString();
        } finally {
            Descriptors.close(opened);
        }
    }

    /// Who needs no device may be in no group.
    private static Optional<Integer> group(Launch launch, Accelerator accelerator)
            throws IOException {
        return launch.uid() == 0 || accelerator.kind() == Accelerator.Kind.TCG
                ? Optional.empty()
                : Kvm.deviceGroup();
    }
}
