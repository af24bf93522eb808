package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Hotplug;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.driver.Resizing;
import dev.vmcp.host.driver.Snapshots;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.vmm.HostCounters;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A Cloud Hypervisor that runs. At rest it costs one descriptor, that of its events.
final class ChLive implements Live {

    private final OsProcess process;
    private final ChApi api;
    private final EventPipe events;
    private final EventRelay relay;
    private final TapAccess taps;
    private final List<String> wired;
    private final ChPlugs plugs;
    private final ChResizing resizing;
    private final ChSnapshots snapshots;
    private Optional<GuestState> found = Optional.empty();

    /// What a driver's launches have in common with those that it adopts.
    record Held(VmSpec spec, Launch launch, OsProcess process, ChApi api, EventPipe events) {

        void letGo() {
            api.close();
            events.close();
        }
    }

    ChLive(Held held, ChPrepared.Room room, Reaction reaction) {
        this.process = held.process();
        this.api = held.api();
        this.events = held.events();
        this.taps = room.taps();
        this.wired =
                new CopyOnWriteArrayList<>(
                        held.spec().nics().stream().map(VmSpec.Nic::tap).toList());
        this.relay = new EventRelay(reaction, api::state);
        this.plugs = new ChPlugs(api, held.launch(), room, wired);
        this.resizing = new ChResizing(api, process, held.spec().memory().maxBytes());
        this.snapshots = new ChSnapshots(api, held.launch());
    }

    /// Begins to tell what the guest does by itself, from the state that it is in.
    void listen(GuestState state) {
        found = Optional.of(state);
        relay.found(state);
        events.follow(relay);
    }

    @Override
    public OsProcess process() {
        return process;
    }

    @Override
    public Optional<GuestState> found() {
        return found;
    }

    @Override
    public GuestState observe(Deadline deadline) {
        return api.state(deadline);
    }

    @Override
    public void pause(Deadline deadline) {
        unlessAlready(GuestState.PAUSED, "vm.pause", deadline);
    }

    @Override
    public void resume(Deadline deadline) {
        unlessAlready(GuestState.RUNNING, "vm.resume", deadline);
    }

    @Override
    public void powerButton(Deadline deadline) {
        api.put("vm.power-button", deadline);
    }

    @Override
    public void startAgain(Deadline deadline) {
        var state = observe(deadline);
        if (state != GuestState.POWERED_OFF) {
            throw new DriverException(
                    Kind.REFUSED, "the guest has not powered off: it is " + state);
        }
        api.put("vm.boot", deadline);
    }

    /// A guest that is paused runs after it as well.
    @Override
    public void reset(Deadline deadline) {
        if (observe(deadline) == GuestState.POWERED_OFF) {
            api.put("vm.boot", deadline);
        } else {
            relay.restarting();
            api.put("vm.reboot", deadline);
        }
    }

    @Override
    public Counters counters(Deadline deadline) {
        return HostCounters.of(process, taps.traffic(wired), storage(deadline));
    }

    @Override
    public Optional<Resizing> resizing() {
        return Optional.of(resizing);
    }

    @Override
    public Optional<Hotplug> hotplug() {
        return Optional.of(plugs);
    }

    @Override
    public Optional<Snapshots> snapshots() {
        return Optional.of(snapshots);
    }

    @Override
    public void close() {
        api.close();
        events.close();
    }

    /// It refuses to do what is done already.
    private void unlessAlready(GuestState wanted, String action, Deadline deadline) {
        try {
            api.put(action, deadline);
        } catch (DriverException e) {
            if (e.kind() != Kind.REFUSED || observe(deadline) != wanted) {
                throw e;
            }
        }
    }

    private Counters.Storage storage(Deadline deadline) {
        try {
            return api.counters(deadline).storage();
        } catch (DriverException e) {
            if (e.kind() != Kind.REFUSED) {
                throw e;
            }
            return ChCounters.NONE.storage();
        }
    }
}
