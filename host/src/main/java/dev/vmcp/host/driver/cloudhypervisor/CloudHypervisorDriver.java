package dev.vmcp.host.driver.cloudhypervisor;

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
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.vmm.FilesAsNamed;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.InstalledProgram;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Cloud Hypervisor 53: one process per VM, direct kernel boot, driven by REST on its socket.
///
/// It stays when its guest switches itself off (`--no-shutdown`), so any end of the process that
/// nobody asked for is a failure, whatever the status.
public final class CloudHypervisorDriver implements Driver {

    private static final InstalledProgram.Wanted WANTED =
            new InstalledProgram.Wanted(
                    "cloud-hypervisor",
                    "VMCP_CLOUD_HYPERVISOR",
                    "install Cloud Hypervisor",
                    Pattern.compile("cloud-hypervisor v?(\\d+(\\.\\d+)+\\S*)"));

    private final Map<String, String> environment;

    private final ChPrepared.Room room;
    private final InstalledProgram program;

    /// @param environment `VMCP_CLOUD_HYPERVISOR` and `PATH` are read
    /// @param loop watches what VMMs tell by themselves
    public CloudHypervisorDriver(
            Processes processes, EventLoop loop, Map<String, String> environment, TapAccess taps) {
        this(new ChPrepared.Room(processes, loop, taps, new FilesAsNamed()), environment);
    }

    private CloudHypervisorDriver(ChPrepared.Room room, Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        this.room = room;
        this.program = new InstalledProgram(WANTED, room.processes(), this.environment);
    }

    /// The same driver, which opens what specs name by `files`.
    public CloudHypervisorDriver opening(FileAccess files) {
        var with = new ChPrepared.Room(room.processes(), room.loop(), room.taps(), files);
        return new CloudHypervisorDriver(with, environment);
    }

    @Override
    public String name() {
        return "cloudhypervisor";
    }

    @Override
    public Probe probe() {
        return switch (program.find()) {
            case InstalledProgram.Found.Missing(var why) -> new Probe.Missing(why);
            case InstalledProgram.Found.Installed(var path, var version) -> {
                yield new Probe.Installed(path.toString(), version, "", ChCapabilities.ALL);
            }
        };
    }

    @Override
    public SpecFindings check(VmSpec spec) {
        return ChCheck.of(spec);
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        return preparing(launch).boot(spec);
    }

    @Override
    public Optional<Restoring> restoring() {
        return Optional.of(
                (spec, launch, saved) -> preparing(launch).restore(spec, saved.getFirst()));
    }

    @Override
    public Optional<SerialPort> serial(Launch launch) {
        return ChConsole.find(launch);
    }

    @Override
    public Ended ended(Launch launch, Exit exit) {
        return Ended.unasked(launch, exit);
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        EventPipe events;
        try {
            events = EventPipe.open(launch, room.loop());
        } catch (ProcessException e) {
            throw HostFault.of(e);
        }
        var held = new ChLive.Held(spec, launch, process, new ChApi(launch, process), events);
        try {
            // What it told while nobody listened is known better by asking.
            events.skip();
            var state = held.api().state(deadline);
            var live = new ChLive(held, room, reaction);
            live.listen(state);
            return live;
        } catch (RuntimeException e) {
            held.letGo();
            throw e;
        }
    }

    private Preparing preparing(Launch launch) {
        return new Preparing(program.find().required(), launch, environment, room);
    }
}
