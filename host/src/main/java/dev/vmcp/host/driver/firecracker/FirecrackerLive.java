package dev.vmcp.host.driver.firecracker;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Replacing;
import dev.vmcp.host.driver.Snapshots;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.vmm.HostCounters;
import dev.vmcp.host.vmm.RestClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Firecracker that runs. It reports nothing by itself: a guest that ends, ends its process.
final class FirecrackerLive implements Live {

    private final VmSpec spec;
    private final Quarters quarters;
    private final OsProcess process;
    private final RestClient api;
    private final TapAccess taps;
    private final List<String> wired;
    private Optional<GuestState> found = Optional.empty();

    private FirecrackerLive(
            VmSpec spec, Quarters quarters, OsProcess process, RestClient api, TapAccess taps) {
        this.spec = spec;
        this.quarters = quarters;
        this.process = process;
        this.api = api;
        this.taps = taps;
        this.wired = spec.nics().stream().map(VmSpec.Nic::tap).toList();
    }

    /// Dials nothing yet. The socket is reached through the process's working directory, which is
    /// the root of its jail, too.
    static FirecrackerLive of(VmSpec spec, Quarters quarters, OsProcess process, TapAccess taps) {
        var socket = Path.of("/proc/" + process.id().pid() + "/cwd/" + Quarters.SOCKET);
        var api = new RestClient(socket, process::exit);
        return new FirecrackerLive(spec, quarters, process, api, taps);
    }

    /// Asks for the first time.
    void find(Deadline deadline) {
        found = Optional.of(observe(deadline));
    }

    @Override
    public Optional<GuestState> found() {
        return found;
    }

    RestClient api() {
        return api;
    }

    @Override
    public OsProcess process() {
        return process;
    }

    /// One that was never told to start counts as paused: it does not run, and may be told to.
    @Override
    public GuestState observe(Deadline deadline) {
        return "Running".equals(api.get("/", deadline).get("state"))
                ? GuestState.RUNNING
                : GuestState.PAUSED;
    }

    @Override
    public void pause(Deadline deadline) {
        api.patch("/vm", Map.of("state", "Paused"), deadline);
    }

    @Override
    public void resume(Deadline deadline) {
        api.patch("/vm", Map.of("state", "Resumed"), deadline);
    }

    @Override
    public void powerButton(Deadline deadline) {
        api.put("/actions", Map.of("action_type", "SendCtrlAltDel"), deadline);
    }

    @Override
    public void startAgain(Deadline deadline) {
        reset(deadline);
    }

    @Override
    public void reset(Deadline deadline) {
        throw new DriverException(
                Kind.REFUSED, "Firecracker starts a guest once: another start is a new process");
    }

    @Override
    public Counters counters(Deadline deadline) {
        var storage = spec.disks().isEmpty() ? new Counters.Storage(0, 0, 0, 0) : sinceItIsAVmm();
        return HostCounters.of(process, taps.traffic(wired), storage);
    }

    private Counters.Storage sinceItIsAVmm() {
        var all = HostCounters.storage(process);
        var copied = quarters.copied();
        return new Counters.Storage(
                Math.max(0, all.bytesRead() - copied),
                Math.max(0, all.bytesWritten() - copied),
                all.reads(),
                all.writes());
    }

    @Override
    public Optional<Replacing> replacing() {
        return Optional.of(new DeviceReplacing(spec, quarters, api));
    }

    @Override
    public Optional<Snapshots> snapshots() {
        return Optional.of(new SnapshotFiles(spec, quarters, api));
    }

    @Override
    public void close() {
        api.close();
    }
}
