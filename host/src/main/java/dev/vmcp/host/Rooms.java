package dev.vmcp.host;

import dev.vmcp.core.vm.SpecRules;
import dev.vmcp.host.access.Access;
import dev.vmcp.host.access.AccessPolicy;
import dev.vmcp.host.access.Audit;
import dev.vmcp.host.access.Guarded;
import dev.vmcp.host.access.Quotas;
import dev.vmcp.host.access.Tokens;
import dev.vmcp.host.config.ApiConfig;
import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.config.LimitConfig;
import dev.vmcp.host.config.TimeoutConfig;
import dev.vmcp.host.console.ConsoleLimits;
import dev.vmcp.host.console.Consoles;
import dev.vmcp.host.disk.AllowedRoots;
import dev.vmcp.host.disk.DiskLocks;
import dev.vmcp.host.disk.FileOpener;
import dev.vmcp.host.disk.SpecPaths;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.FileAccess;
import dev.vmcp.host.driver.cloudhypervisor.CloudHypervisorDriver;
import dev.vmcp.host.driver.firecracker.FirecrackerDriver;
import dev.vmcp.host.driver.mvisor.MvisorDriver;
import dev.vmcp.host.driver.qemu.QemuDriver;
import dev.vmcp.host.health.MachineFacts;
import dev.vmcp.host.journal.SqliteJournal;
import dev.vmcp.host.journal.TimedJournal;
import dev.vmcp.host.keeper.Admission;
import dev.vmcp.host.keeper.Backends;
import dev.vmcp.host.keeper.Boots;
import dev.vmcp.host.keeper.Capacity;
import dev.vmcp.host.keeper.Feed;
import dev.vmcp.host.keeper.Ground;
import dev.vmcp.host.keeper.HostChecks;
import dev.vmcp.host.keeper.Keepers;
import dev.vmcp.host.keeper.Layout;
import dev.vmcp.host.metrics.HostMetrics;
import dev.vmcp.host.network.Taps;
import dev.vmcp.host.process.EventLoop;
import dev.vmcp.host.process.LinuxProcesses;
import dev.vmcp.host.vmm.Kvm;
import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.sqlite.DataDirectory;
import dev.vmcp.platform.telemetry.otel.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rooms of a host, built and joined; nothing in them runs yet.
record Rooms(
        DataDirectory directory,
        SqliteJournal journal,
        EventLoop loop,
        LinuxProcesses processes,
        Backends backends,
        Admission admission,
        Ground ground,
        Consoles consoles,
        Keepers keepers,
        Tokens tokens,
        Access access,
        Quotas quotas,
        Audit audit)
        implements AutoCloseable {

    private static final int NOBODY = -1;

    /// Takes the data directory and opens what is in it.
    ///
    /// @param telemetry gets the metrics of what is built
    static Rooms build(HostConfig config, Map<String, String> environment, Telemetry telemetry) {
        var directory = DataDirectory.open(config.state().dataDirectory());
        try {
            return build(config, environment, directory, telemetry);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static Ground.Limits stepLimits(TimeoutConfig timeouts) {
        return Ground.Limits.USUAL.waiting(timeouts.boot(), timeouts.answer(), timeouts.stop());
    }

    private static Rooms build(
            HostConfig config,
            Map<String, String> environment,
            DataDirectory directory,
            Telemetry telemetry) {
        var journal = SqliteJournal.open(directory);
        var loop = new EventLoop();
        var processes = new LinuxProcesses(loop);
        var roots = new AllowedRoots(config.guests().allowedPaths());
        var locks = new DiskLocks();
        var files = new HostFiles(new FileOpener(roots, locks));
        var drivers = drivers(config, environment, processes, loop, files);
        var choice = config.backend().choice().name().toLowerCase(Locale.ROOT);
        var backends = new Backends(drivers, choice, Kvm::look);
        var checks = new HostChecks(new SpecPaths(roots), Taps::exists);
        var layout = new Layout(directory.path(), firstUserOfVms(config));
        var consoles = new Consoles(loop, ConsoleLimits.keeping(config.guests().consoleBytes()));
        var memory = (long) (MachineFacts.memory().total() * config.guests().memoryRatio());
        var random = new SecureRandom();
        var limits = SpecRules.Limits.PUBLISHED.withLeastMemory(config.guests().minMemoryBytes());
        var admission = new Admission(backends, checks, limits, random);
        var ground =
                new Ground(
                        new TimedJournal(journal, telemetry.meter()),
                        processes,
                        drivers,
                        id -> consoles.open(layout.vm(id)),
                        layout,
                        locks,
                        checks,
                        admission,
                        new Capacity(memory),
                        new Feed(),
                        new Boots(telemetry.meter()),
                        telemetry.work(),
                        stepLimits(config.timeouts()),
                        InstantSource.system(),
                        random);
        var clock = InstantSource.system();
        var tokens = Tokens.open(directory.path().resolve("tokens"), clock, random);
        return new Rooms(
                directory,
                journal,
                loop,
                processes,
                backends,
                admission,
                ground,
                consoles,
                new Keepers(ground),
                tokens,
                new Access(policy(config), tokens),
                quotas(config.limits()),
                Audit.open(directory.path().resolve("audit.log"), clock));
    }

    private static AccessPolicy policy(HostConfig config) {
        var api = config.api();
        return new AccessPolicy(
                api.trustLocal(),
                !api.asksForProof() && anyoneMay(api),
                user(),
                config.socket().group());
    }

    /// A listener on loopback that does not trust its machine asks for proof, too.
    private static boolean anyoneMay(ApiConfig api) {
        return api.insecure() || api.isOpenToAnyone();
    }

    /// The drivers as a host with these settings has them, for who only looks.
    static Map<String, Driver> drivers(
            HostConfig config,
            Map<String, String> environment,
            LinuxProcesses processes,
            EventLoop loop) {
        var roots = new AllowedRoots(config.guests().allowedPaths());
        var files = new HostFiles(new FileOpener(roots, new DiskLocks()));
        return drivers(config, environment, processes, loop, files);
    }

    private static Map<String, Driver> drivers(
            HostConfig config,
            Map<String, String> environment,
            LinuxProcesses processes,
            EventLoop loop,
            FileAccess files) {
        // What flags and file say of QEMU counts like the variables that the driver reads.
        var effective = new TreeMap<>(environment);
        effective.put("VMCP_QEMU", config.backend().qemu().program());
        effective.put(
                "VMCP_QEMU_ACCEL",
                config.backend().qemu().accelerator().name().toLowerCase(Locale.ROOT));
        var firecrackers = config.backend().firecrackers();
        effective.put("VMCP_FIRECRACKER", firecrackers.program());
        effective.put("VMCP_JAILER", firecrackers.jailer());
        effective.put("VMCP_FIRECRACKER_JAIL", firecrackers.jail().name().toLowerCase(Locale.ROOT));
        effective.put("VMCP_FIRECRACKER_LIMITS", Boolean.toString(firecrackers.limits()));
        var taps = new HostTaps();
        Driver qemu = new QemuDriver(processes, effective, taps, files);
        var ch =
                AttachedMode.cloudHypervisor(
                        config,
                        new CloudHypervisorDriver(processes, loop, environment, taps)
                                .opening(files),
                        processes);
        var fc =
                AttachedMode.firecracker(
                        config,
                        new FirecrackerDriver(processes, effective, taps, files),
                        processes,
                        taps);
        Driver mvisor = new MvisorDriver(processes, effective, files);
        return Stream.of(qemu, ch, fc, mvisor)
                .collect(Collectors.toUnmodifiableMap(Driver::name, Function.identity()));
    }

    /// Plain HTTP for callers who may read.
    WebHandler guarded(WebHandler inner) {
        return new Guarded(access, quotas, audit, inner);
    }

    private static Quotas quotas(LimitConfig limits) {
        return new Quotas(
                new Quotas.Limits(
                        limits.calls(),
                        limits.streams(),
                        limits.callsPerCaller(),
                        limits.ratePerCaller()),
                System::nanoTime);
    }

    /// The first of the users that VMMs run as; 0 where all of them run as we do.
    static int firstUserOfVms(HostConfig config) {
        return isRoot() ? config.guests().users().first() : 0;
    }

    private static boolean isRoot() {
        return user() == 0;
    }

    /// The number of our own user; of nobody, as far as it is not known.
    private static int user() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            return NOBODY;
        }
    }

    /// What metrics are read from.
    HostMetrics.Sources metricSources() {
        return new HostMetrics.Sources(
                keepers, backends, ground.capacity(), consoles, directory.path());
    }

    /// Lets go of everything; guests run on.
    @Override
    public void close() {
        keepers.release();
        audit.close();
        journal.close();
        processes.close();
        loop.close();
        directory.close();
    }
}
