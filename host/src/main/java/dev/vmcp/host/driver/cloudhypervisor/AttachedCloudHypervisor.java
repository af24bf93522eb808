package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.vmm.AttachableDriver;
import dev.vmcp.host.vmm.AttachedSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A Cloud Hypervisor that somebody else started: all verbs, by its API. A VM of ours carries its
/// id among the strings of its SMBIOS tables; one without is somebody else's and is left alone.
public final class AttachedCloudHypervisor implements AttachableDriver.Attached {

    private static final Duration TO_END = Duration.ofSeconds(10);
    private static final String MARK = "vmcp:";

    private final AttachedSocket socket;
    private final boolean inUse;

    /// @param inUse whether new launches go there
    public AttachedCloudHypervisor(AttachedSocket socket, boolean inUse) {
        this.socket = socket;
        this.inUse = inUse;
    }

    @Override
    public boolean inUse() {
        return inUse;
    }

    @Override
    public Probe probe() {
        return socket.probe(deadline -> api().version(deadline));
    }

    @Override
    public Optional<OsProcess> hold(VmId vm, ProcessId process) {
        return socket.hold(process, () -> end(vm));
    }

    private void end(VmId vm) {
        var deadline = Deadline.in(TO_END);
        if (own(vm, deadline).filter(ChInfo::booted).isPresent()) {
            api().put("vm.shutdown", deadline);
        }
    }

    @Override
    public Optional<ProcessId> running(VmId vm, Deadline deadline) {
        return own(vm, deadline).filter(ChInfo::booted).map(_ -> socket.peer());
    }

    @Override
    public void configure(VmId vm, VmSpec spec, Deadline deadline) {
        var present = api().find(deadline);
        if (present.isPresent()) {
            if (!isOf(vm, present.get())) {
                throw new DriverException(
                        Kind.HOST,
                        "the attached Cloud Hypervisor has a VM already, which is "
                                + present.get().state()
                                + " and was not created here: delete that one there first");
            }
            if (present.get().booted()) {
                return;
            }
            api().put("vm.delete", deadline);
        }
        var config = VmConfig.of(spec, vm, Placed.asIs(spec), List.of());
        config.put("net", spec.nics().stream().map(VmConfig::tap).toList());
        config.put("serial", Map.of("mode", "Pty"));
        config.put("platform", Map.of("oem_strings", List.of(MARK + vm)));
        api().put("vm.create", config, deadline);
    }

    @Override
    public void forget(VmId vm, Deadline deadline) {
        try {
            if (own(vm, deadline).isPresent()) {
                api().put("vm.delete", deadline);
            }
        } catch (DriverException e) {
            if (e.kind() != Kind.GONE) {
                throw e;
            }
        }
    }

    @Override
    public Optional<String> cannotReboot() {
        return Optional.empty();
    }

    @Override
    public Optional<String> noConsole() {
        return Optional.empty();
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        return (reaction, deadline) -> boot(spec, launch.vm(), reaction, deadline);
    }

    private Live boot(VmSpec spec, VmId vm, Reaction reaction, Deadline deadline) {
        var process = socket.holdPeer(() -> end(vm));
        try {
            configure(vm, spec, deadline);
            return AttachedLive.boot(live(vm, process), reaction, deadline);
        } catch (DriverException e) {
            process.close();
            throw e;
        }
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        return AttachedLive.connect(live(launch.vm(), process), reaction, deadline);
    }

    private AttachedLive.Session live(VmId vm, OsProcess process) {
        return new AttachedLive.Session(
                new ChApi(socket.dial(process)), process, info -> isOf(vm, info));
    }

    private Optional<ChInfo> own(VmId vm, Deadline deadline) {
        return api().find(deadline).filter(info -> isOf(vm, info));
    }

    private static boolean isOf(VmId vm, ChInfo info) {
        return info.oemStrings().contains(MARK + vm);
    }

    private ChApi api() {
        return new ChApi(socket.dial());
    }
}
