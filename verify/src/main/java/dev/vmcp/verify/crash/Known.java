package dev.vmcp.verify.crash;

/// What the storm knows for sure of one VM: what was last acknowledged. One worker writes it.
final class Known {

    /// Where the last acknowledged call left the VM.
    enum Place {
        ABSENT,
        CREATED,
        RUNNING,
        PAUSED,
        STOPPED
    }

    final int number;
    final String vm;
    final String backend;
    Place place = Place.ABSENT;

    /// A call was sent and not acknowledged: anything that it could lead to is right.
    boolean pending;

    /// That call was to save a guest that runs, which stands still meanwhile and runs on after.
    boolean saving;

    long pid;
    long startTicks;
    String nonce = "";

    final Chain chain;

    Known(int number, String backend) {
        this.number = number;
        this.vm = "vm-" + number;
        this.chain = new Chain(vm + "-saved");
        this.backend = backend;
    }

    /// Whether its guest reads its console, and so can be asked.
    boolean listens() {
        return !backend.equals("mvisor");
    }

    /// Whether its disks may be changed while it runs.
    boolean changes() {
        return backend.equals("firecracker") || backend.equals("cloudhypervisor");
    }

    /// Whether its state may be saved on any KVM.
    boolean saves() {
        return backend.equals("firecracker") || backend.equals("qemu");
    }

    /// Whether what changed since a snapshot may be saved alone.
    boolean diffs() {
        return backend.equals("firecracker");
    }

    void at(Place where) {
        place = where;
        if (where != Place.RUNNING && where != Place.PAUSED) {
            pid = 0;
            startTicks = 0;
            nonce = "";
            chain.newGuest();
        }
    }

    @Override
    public String toString() {
        return vm
                + " on "
                + backend
                + " "
                + place
                + (pending ? " (a call was under way)" : "")
                + " pid "
                + pid
                + " nonce "
                + nonce
                + " snapshots "
                + chain;
    }
}
