package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.FileAccess;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/// A QEMU that runs, and our session with its monitor.
final class QemuLive implements Live {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    private final OsProcess process;
    private final QmpConnection monitor;
    private final TapAccess taps;
    private final Guest guest;
    private final List<String> wired;

    private QemuLive(Guest guest, OsProcess process, QmpConnection monitor, TapAccess taps) {
        this.guest = guest;
        this.process = process;
        this.monitor = monitor;
        this.taps = taps;
        this.wired =
                new CopyOnWriteArrayList<>(
                        guest.spec().nics().stream().map(VmSpec.Nic::tap).toList());
    }

    /// @param files opens what is plugged in
    record Guest(VmSpec spec, Launch launch, FileAccess files) {}

    /// Opens a session; `reaction` may hear of the guest before this returns.
    static QemuLive connect(
            Guest guest, OsProcess process, TapAccess taps, Reaction reaction, Deadline deadline) {
        var relay = new EventRelay(reaction);
        var monitor = QmpConnection.open(process, relay, deadline);
        try {
            relay.asking(() -> monitor.ask("query-status"));
            var live = new QemuLive(guest, process, monitor, taps);
            relay.found(live.observe(deadline));
            return live;
        } catch (RuntimeException e) {
            monitor.close();
            throw e;
        }
    }

    @Override
    public OsProcess process() {
        return process;
    }

    @Override
    public GuestState observe(Deadline deadline) {
        return QemuStatus.of(monitor.call("query-status", deadline));
    }

    @Override
    public void pause(Deadline deadline) {
        monitor.call("stop", deadline);
    }

    /// QEMU would let a guest go on that has crashed, as if nothing had been.
    @Override
    public void resume(Deadline deadline) {
        var state = observe(deadline);
        if (state == GuestState.POWERED_OFF || state == GuestState.CRASHED) {
            throw new DriverException(Kind.REFUSED, "the guest is not paused: it is " + state);
        }
        monitor.call("cont", deadline);
    }

    @Override
    public void powerButton(Deadline deadline) {
        monitor.call("system_powerdown", deadline);
    }

    @Override
    public void startAgain(Deadline deadline) {
        var state = observe(deadline);
        if (state != GuestState.POWERED_OFF) {
            throw new DriverException(
                    Kind.REFUSED, "the guest has not powered off: it is " + state);
        }
        reset(deadline);
    }

    /// QEMU answers before it resets, and lets no guest run on from where it ended.
    @Override
    public void reset(Deadline deadline) {
        monitor.call("system_reset", deadline);
        var state = observe(deadline);
        while (state == GuestState.POWERED_OFF || state == GuestState.CRASHED) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            state = observe(deadline);
        }
        monitor.call("cont", deadline);
    }

    @Override
    public Counters counters(Deadline deadline) {
        var storage = BlockStats.of(monitor.call("query-blockstats", deadline));
        return HostCounters.of(process, taps.traffic(wired), storage);
    }

    @Override
    public Optional<Resizing> resizing() {
        return Optional.of(new QemuResizing(guest.spec().memory(), monitor));
    }

    @Override
    public Optional<Hotplug> hotplug() {
        return Optional.of(new QemuHotplug(guest, process, monitor, taps, wired));
    }

    @Override
    public Optional<Snapshots> snapshots() {
        return Optional.of(new QemuSnapshots(process, monitor));
    }

    /// Lets a guest run on that was saved, once its state is read.
    void restored(Deadline deadline) {
        while (QemuStatus.word(monitor.call("query-status", deadline)).equals("inmigrate")) {
            if (deadline.passed()) {
                throw new DriverException(Kind.SILENT, "QEMU did not read the snapshot in time");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        resume(deadline);
    }

    @Override
    public void close() {
        monitor.close();
    }
}
