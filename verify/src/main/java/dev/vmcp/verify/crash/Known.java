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

    final String vm;
    final String backend;
    Place place = Place.ABSENT;

    /// A call was sent and not acknowledged: anything that it could lead to is right.
    boolean pending;

    long pid;
    long startTicks;
    String nonce = "";

    Known(String vm, String backend) {
        this.vm = vm;
        this.backend = backend;
    }

    /// Whether its guest reads its console, and so can be asked.
    boolean listens() {
        return !backend.equals("mvisor");
    }

    void at(Place where) {
        place = where;
        if (where != Place.RUNNING && where != Place.PAUSED) {
            pid = 0;
            startTicks = 0;
            nonce = "";
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
                + nonce;
    }
}
