package dev.vmcp.host.driver.mvisor;

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
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.vmm.FilesAsNamed;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.InstalledProgram;
import dev.vmcp.host.vmm.Kvm;
import dev.vmcp.host.vmm.Privileges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// MVisor 2.7 or later: one process per VM, firmware boot from a raw disk. What it has no control
/// for is refused; the console only prints.
public final class MvisorDriver implements Driver {

    private static final InstalledProgram.Wanted WANTED =
            new InstalledProgram.Wanted(
                    "mvisor",
                    "VMCP_MVISOR",
                    "install MVisor, its share directory beside its bin directory",
                    Pattern.compile("MVisor: (\\d+(\\.\\d+)+)"));

    private static final String FIRMWARE = "share/bios-256k.bin";

    private final Processes processes;
    private final FileAccess files;
    private final CommandChain chain;
    private final InstalledProgram program;

    /// @param environment `VMCP_MVISOR` and `PATH` are read
    public MvisorDriver(Processes processes, Map<String, String> environment) {
        this(processes, environment, new FilesAsNamed());
    }

    /// @param files opens what specs name
    public MvisorDriver(Processes processes, Map<String, String> environment, FileAccess files) {
        this.files = files;
        this.processes = processes;
        this.chain = new CommandChain(Map.copyOf(environment));
        this.program = new InstalledProgram(WANTED, processes, Map.copyOf(environment));
    }

    @Override
    public String name() {
        return "mvisor";
    }

    @Override
    public Probe probe() {
        return switch (program.find()) {
            case InstalledProgram.Found.Missing(var why) -> new Probe.Missing(why);
            case InstalledProgram.Found.Installed(var path, var version) ->
                    lacking(path)
                            .<Probe>map(Probe.Missing::new)
                            .orElseGet(() ->
                                    new Probe.Installed(
                                            path.toString(),
                                            version,
                                            "kvm: MVisor has no other",
                                            MvisorCapabilities.ALL));
        };
    }

    /// What is missing on this host beside the program.
    private Optional<String> lacking(Path path) {
        if (!Files.isReadable(Kvm.DEVICE) || !Files.isWritable(Kvm.DEVICE)) {
            return Optional.of(Kvm.DEVICE + " does not open, and MVisor runs by KVM only");
        }
        try {
            if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
                return Optional.of("it takes root to give MVisor a network of its own");
            }
            var firmware = firmware(path);
            return Files.isReadable(firmware)
                    ? chain.missing()
                    : Optional.of(
                            firmware + " is missing (cure: install MVisor's share directory)");
        } catch (IOException e) {
            return Optional.of(path + " cannot be looked at: " + e.getMessage());
        }
    }

    @Override
    public SpecFindings check(VmSpec spec) {
        return MvisorCheck.of(spec);
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        var mvisor = program.find().required();
        try {
            for (var disk : spec.disks()) {
                requireOpen(disk, launch);
            }
            lay(launch, MachineFile.of(spec, firmware(mvisor), DiskFiles.numbers(spec)));
            return new MvisorPrepared(spec, launch, chain.of(mvisor, launch), processes, files);
        } catch (IOException | ProcessException e) {
            throw HostFault.of(e);
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
        return MvisorLive.of(spec, launch, process, reaction);
    }

    private static Path firmware(Path mvisor) throws IOException {
        return mvisor.toRealPath().resolveSibling("..").resolve(FIRMWARE).normalize();
    }

    private static void lay(Launch launch, String machine) throws IOException {
        var file = CommandChain.machineFile(launch);
        Files.writeString(file, machine);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        Fifos.make(launch.serialOut(), launch.uid());
        Files.setPosixFilePermissions(
                launch.directory(), PosixFilePermissions.fromString("rwx------"));
        if (launch.uid() != 0) {
            Fifos.changeOwner(file, launch.uid(), launch.uid());
            Fifos.changeOwner(launch.directory(), launch.uid(), launch.uid());
        }
    }

    /// MVisor opens what it is handed once more, as its own user.
    private static void requireOpen(VmSpec.Disk disk, Launch launch) throws IOException {
        var writable = !disk.readOnly();
        if (launch.uid() != 0 && !Privileges.openToAll(Path.of(disk.path()), writable)) {
            throw new IOException(
                    disk.path()
                            + " may not be opened by the VM's own user "
                            + launch.uid()
                            + " (cure: chmod o+r"
                            + (writable ? "w " : " ")
                            + disk.path()
                            + ", or VMCP_UID_BASE=0)");
        }
    }
}
