package dev.vmcp.host.driver;

import dev.vmcp.core.vm.VmSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What a [ScriptedVmm] has beside its guest. May be read at any time, by any thread.
public final class ScriptedDevices {

    public volatile int cpus;
    public volatile long memory;
    public final Map<String, VmSpec.Disk> disks = new ConcurrentHashMap<>();
    public final Map<String, VmSpec.Nic> nics = new ConcurrentHashMap<>();

    /// What it was restored from; empty when it booted.
    public volatile String restored = "";

    void take(VmSpec spec) {
        cpus = spec.cpu().count();
        memory = spec.memory().bytes();
        spec.disks().forEach(disk -> disks.put(disk.id(), disk));
        spec.nics().forEach(nic -> nics.put(nic.id(), nic));
    }
}
