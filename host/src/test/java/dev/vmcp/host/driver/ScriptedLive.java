package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Script.Act;
import dev.vmcp.host.driver.Script.Mood;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A control connection to a [ScriptedVmm].
final class ScriptedLive implements Live, Resizing, Hotplug, Replacing, Snapshots {

    private final ScriptedVmm vmm;
    private final OsProcess process;
    private final Reaction reaction;
    private volatile boolean closed;

    ScriptedLive(ScriptedVmm vmm, OsProcess process, Reaction reaction) {
        this.vmm = vmm;
        this.process = process;
        this.reaction = reaction;
    }

    @Override
    public OsProcess process() {
        return process;
    }

    @Override
    public GuestState observe(Deadline deadline) {
        return told(Act.OBSERVE, deadline) ? vmm.guest() : GuestState.RUNNING;
    }

    @Override
    public void pause(Deadline deadline) {
        if (told(Act.PAUSE, deadline) && vmm.guest() == GuestState.RUNNING) {
            vmm.guest(GuestState.PAUSED);
        }
    }

    @Override
    public void resume(Deadline deadline) {
        if (told(Act.RESUME, deadline)) {
            require(vmm.guest() == GuestState.RUNNING || vmm.guest() == GuestState.PAUSED);
            vmm.guest(GuestState.RUNNING);
        }
    }

    @Override
    public void powerButton(Deadline deadline) {
        if (told(Act.POWER_BUTTON, deadline)
                && vmm.script().obedient()
                && vmm.guest() == GuestState.RUNNING) {
            vmm.powerOff();
        }
    }

    @Override
    public void startAgain(Deadline deadline) {
        if (told(Act.START_AGAIN, deadline)) {
            require(vmm.guest() == GuestState.POWERED_OFF);
            vmm.guest(GuestState.RUNNING);
        }
    }

    @Override
    public void reset(Deadline deadline) {
        if (told(Act.RESET, deadline)) {
            vmm.guest(GuestState.RUNNING);
        }
    }

    @Override
    public Counters counters(Deadline deadline) {
        var _ = told(Act.COUNTERS, deadline);
        return new Counters(
                1,
                1 << 20,
                System.nanoTime() / 1_000_000,
                new Counters.Network(1, 2, 3, 4),
                new Counters.Storage(1, 2, 3, 4));
    }

    @Override
    public Optional<Resizing> resizing() {
        return Optional.of(this);
    }

    @Override
    public Optional<Hotplug> hotplug() {
        return Optional.of(this);
    }

    @Override
    public Optional<Replacing> replacing() {
        return Optional.of(this);
    }

    @Override
    public Optional<Snapshots> snapshots() {
        return Optional.of(this);
    }

    @Override
    public void resizeCpus(int count, Deadline deadline) {
        if (told(Act.RESIZE, deadline)) {
            vmm.devices().cpus = count;
        }
    }

    @Override
    public void resizeMemory(long bytes, Deadline deadline) {
        if (told(Act.RESIZE, deadline)) {
            vmm.devices().memory = bytes;
        }
    }

    @Override
    public void attach(VmSpec.Disk disk, Deadline deadline) {
        if (told(Act.PLUG, deadline)) {
            vmm.devices().disks.put(disk.id(), disk);
        }
    }

    @Override
    public void detachDisk(String id, Deadline deadline) {
        if (told(Act.UNPLUG, deadline)) {
            vmm.devices().disks.remove(id);
        }
    }

    @Override
    public void attach(VmSpec.Nic nic, Deadline deadline) {
        if (told(Act.PLUG, deadline)) {
            vmm.devices().nics.put(nic.id(), nic);
        }
    }

    @Override
    public void detachNic(String id, Deadline deadline) {
        if (told(Act.UNPLUG, deadline)) {
            vmm.devices().nics.remove(id);
        }
    }

    @Override
    public void replace(VmSpec.Disk disk, Deadline deadline) {
        if (told(Act.REPLACE, deadline)) {
            vmm.devices().disks.put(disk.id(), disk);
        }
    }

    @Override
    public void replace(VmSpec.Nic nic, Deadline deadline) {
        if (told(Act.REPLACE, deadline)) {
            vmm.devices().nics.put(nic.id(), nic);
        }
    }

    @Override
    public void save(Path directory, Extent extent, Deadline deadline) {
        var saved = directory.resolve(ScriptedDriver.SAVED);
        boolean fit = vmm.guest() == GuestState.PAUSED;
        try {
            if (fit) {
                Files.writeString(saved, "half of ");
            }
            boolean done = told(Act.SAVE, deadline);
            require(fit);
            if (done) {
                Files.writeString(saved, extent + " of " + vmm.launch());
            }
        } catch (IOException e) {
            throw new DriverException(DriverException.Kind.HOST, e.toString(), e);
        }
    }

    @Override
    public void close() {
        closed = true;
        vmm.leave(reaction);
        vmm.script().wake();
    }

    private void require(boolean fit) {
        if (!fit) {
            throw new DriverException(DriverException.Kind.REFUSED, "the guest is " + vmm.guest());
        }
    }

    /// Whether the VMM does what it is told.
    private boolean told(Act act, Deadline deadline) {
        var mood = vmm.script().enter(act, deadline, () -> closed || !vmm.alive());
        if (closed || !vmm.alive()) {
            throw new DriverException(DriverException.Kind.GONE, "the VMM is gone");
        }
        return switch (mood) {
            case FINE, DEAF -> true;
            case LIES -> false;
            case REFUSES -> throw new DriverException(DriverException.Kind.REFUSED, "no " + act);
            case DIES -> {
                vmm.end(new Exit.Signal(11));
                throw new DriverException(DriverException.Kind.GONE, "it died in " + act);
            }
        };
    }

    static DriverException failing(Act act, Mood mood) {
        return new DriverException(
                mood == Mood.DIES ? DriverException.Kind.GONE : DriverException.Kind.REFUSED,
                act + ": " + mood);
    }
}
