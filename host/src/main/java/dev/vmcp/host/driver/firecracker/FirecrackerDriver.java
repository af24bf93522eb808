package dev.vmcp.host.driver.firecracker;

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
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.process.Processes;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.vmm.FilesAsNamed;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.InstalledProgram.Found;
import dev.vmcp.host.vmm.Json;
import dev.vmcp.host.vmm.Kvm;
import dev.vmcp.host.vmm.LaunchFiles;
import dev.vmcp.host.vmm.Privileges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Firecracker: one process per VM, jailed where we are root and its jailer is installed.
public final class FirecrackerDriver implements Driver {

    private static final String CONFIGURATION = "configuration.json";
    private static final String PARENT_GROUP = "vmcp";

    private final Processes processes;
    private final Map<String, String> environment;
    private final TapAccess taps;
    private final FileAccess files;
    private final Programs programs;

    /// @param environment `VMCP_FIRECRACKER`, `VMCP_JAILER`, `VMCP_FIRECRACKER_JAIL` (`auto`,
    ///   `always` or `never`), `VMCP_FIRECRACKER_LIMITS` (`true` or `false`) and `PATH` are read
    public FirecrackerDriver(Processes processes, Map<String, String> environment, TapAccess taps) {
        this(processes, environment, taps, new FilesAsNamed());
    }

    /// @param files opens what specs name
    public FirecrackerDriver(
            Processes processes,
            Map<String, String> environment,
            TapAccess taps,
            FileAccess files) {
        this.files = files;
        this.processes = processes;
        this.environment = Map.copyOf(environment);
        this.taps = taps;
        this.programs = new Programs(processes, this.environment);
    }

    @Override
    public String name() {
        return "firecracker";
    }

    @Override
    public Probe probe() {
        return switch (programs.find()) {
            case Found.Missing(var why) -> new Probe.Missing(why);
            case Found.Installed(var path, var version) -> {
                if (!Files.isReadable(Kvm.DEVICE) || !Files.isWritable(Kvm.DEVICE)) {
                    yield new Probe.Missing(
                            "Firecracker needs " + Kvm.DEVICE + ", which does not open here");
                }
                yield new Probe.Installed(
                        path.toString(),
                        version,
                        "",
                        FirecrackerCapabilities.of(programs.jailer().isPresent()));
            }
        };
    }

    @Override
    public SpecFindings check(VmSpec spec) {
        return FirecrackerCheck.of(spec);
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        return prepared(
                spec,
                launch,
                quarters -> {
                    for (var i = 0; i < spec.disks().size(); i++) {
                        quarters.lend(spec.disks().get(i), Configuration.disk(i));
                    }
                    var kernel = quarters.image(spec.boot().kernel(), "kernel");
                    var initrd = quarters.image(spec.boot().initrd(), "initrd");
                    var names = new Names(kernel, initrd);
                    var file = Configuration.of(spec, launch.vm(), names).file();
                    quarters.written(
                            CONFIGURATION, path -> Files.writeString(path, Json.write(file)));
                    return Optional.empty();
                });
    }

    @Override
    public Optional<Restoring> restoring() {
        return Optional.of((spec, launch, snapshots) ->
                prepared(
                        spec,
                        launch,
                        quarters -> Optional.of(restored(spec, snapshots, quarters))));
    }

    /// The memory of a whole snapshot is used where it lies; what diffs changed is put together.
    private static Configuration.Step restored(VmSpec spec, List<Path> snapshots, Quarters quarters)
            throws IOException {
        var last = snapshots.getFirst();
        var names = SnapshotFiles.drives(last);
        for (var i = 0; i < spec.disks().size(); i++) {
            var id = Configuration.disk(i);
            quarters.lend(spec.disks().get(i), names.getOrDefault(id, id));
        }
        var state = quarters.saved(last.resolve(SnapshotFiles.STATE), "restored.state");
        var name = "restored.memory";
        var memory =
                snapshots.size() == 1
                        ? quarters.saved(last.resolve(SnapshotFiles.MEMORY), name)
                        : quarters.written(name, file -> SnapshotFiles.merge(snapshots, file));
        return Configuration.load(spec, state, memory);
    }

    @FunctionalInterface
    private interface Filling {
        /// What loads a saved guest; without it, the configuration was written.
        Optional<Configuration.Step> fill(Quarters quarters) throws IOException;
    }

    /// Files by the names that they have in the quarters.
    private record Names(String kernel, String initrd) implements Configuration.Places {
        @Override
        public String disk(int index) {
            return Configuration.disk(index);
        }
    }

    private Prepared prepared(VmSpec spec, Launch launch, Filling filling) {
        var firecracker = programs.find().required();
        var jailer = programs.jailer();
        try {
            var quarters =
                    jailer.isPresent()
                            ? Quarters.jail(launch, firecracker, files)
                            : Quarters.open(launch, files);
            if (jailer.isPresent()) {
                LaunchFiles.layOutsideOfJail(launch);
            } else {
                LaunchFiles.lay(launch);
            }
            quarters.make();
            var load = filling.fill(quarters);
            var command =
                    new ArrayList<>(
                            jailer.isPresent()
                                    ? jailed(spec, jailer.get(), firecracker, quarters)
                                    : free(firecracker, launch));
            if (load.isEmpty()) {
                command.addAll(List.of("--config-file", CONFIGURATION));
            }
            return new FirecrackerPrepared(spec, quarters, command, load, processes, taps);
        } catch (IOException | ProcessException e) {
            throw HostFault.of(e);
        }
    }

    @Override
    public Optional<SerialPort> serial(Launch launch) {
        return Optional.of(new SerialPort.Pipes(launch.serialIn(), launch.serialOut(), true));
    }

    @Override
    public List<Path> logs(Launch launch) {
        return List.of(launch.log(), Quarters.found(launch).resolve(Quarters.LOG));
    }

    @Override
    public Ended ended(Launch launch, Exit exit) {
        return FirecrackerLog.ended(launch, exit);
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        var live = FirecrackerLive.of(spec, Quarters.found(launch, files), process, taps);
        try {
            live.find(deadline);
            return live;
        } catch (RuntimeException e) {
            live.close();
            throw e;
        }
    }

    private List<String> jailed(VmSpec spec, Path jailer, Path firecracker, Quarters quarters)
            throws IOException {
        var uid = Integer.toString(quarters.uid());
        var groups = programs.groups();
        var line = new ArrayList<String>();
        line.addAll(List.of(jailer.toString(), "--id", quarters.launch().id().value()));
        line.addAll(List.of("--exec-file", firecracker.toString(), "--uid", uid, "--gid", uid));
        line.addAll(List.of("--chroot-base-dir", Quarters.base(quarters.launch()).toString()));
        line.addAll(List.of("--cgroup-version", groups.unified() ? "2" : "1"));
        if (programs.limited()) {
            quarters.grouped(groups.directories(PARENT_GROUP, quarters.launch().id().value()));
            line.addAll(List.of("--parent-cgroup", PARENT_GROUP));
            groups.limits(spec).forEach(limit -> line.addAll(List.of("--cgroup", limit)));
        }
        line.addAll(List.of("--", "--api-sock", Quarters.SOCKET, "--log-path", Quarters.LOG));
        return line;
    }

    private List<String> free(Path firecracker, Launch launch) throws IOException {
        return Privileges.chain(
                launch.uid(),
                launch.uid() == 0 ? Optional.empty() : Kvm.deviceGroup(),
                environment,
                List.of(
                        firecracker.toString(),
                        "--id",
                        launch.id().value(),
                        "--api-sock",
                        Quarters.SOCKET,
                        "--log-path",
                        launch.directory().resolve(Quarters.LOG).toString()));
    }
}
