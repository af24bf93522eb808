package dev.vmcp.host.keeper;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// After a start, verifies each VM with its VMM: beside the calls that are answered already, and a
/// bounded number at a time. Until its turn a VM is shown as it was recorded, with the age of that;
/// a call that needs its VMM makes it go first.
public final class Adoption {

    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    /// Enough that some VMMs that do not answer hold up no others for long; few enough that a call
    /// gets its turn among them.
    private static final int AT_ONCE = 64;

    /// The first VM of each backend goes ahead of the others, if it can: it loads the classes that
    /// all of them need, for which they would wait in a way that takes more than virtual threads
    /// have, see [dev.vmcp.platform.lifecycle.Carriers].
    private static final Duration HEAD_START = Duration.ofMillis(250);

    private final Keepers keepers;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Background background = new Background("adoption", this::run);

    public Adoption(Keepers keepers) {
        this.keepers = keepers;
    }

    public void start() {
        background.start();
    }

    public void stop() {
        background.stop();
    }

    private void run() throws InterruptedException {
        long began = System.nanoTime();
        List<VmKeeper> left =
                StreamSupport.stream(keepers.all().spliterator(), false)
                        .filter(VmKeeper::left)
                        .toList();
        if (left.isEmpty()) {
            return;
        }
        var heads = heads(left);
        for (var keeper : heads) {
            recover(keeper);
            if (places.tryAcquire(AT_ONCE, HEAD_START.toMillis(), TimeUnit.MILLISECONDS)) {
                places.release(AT_ONCE);
            }
        }
        for (var keeper : left) {
            if (!heads.contains(keeper)) {
                recover(keeper);
            }
        }
        places.acquire(AT_ONCE);
        LOG.atInfo()
                .addKeyValue("event", "verified")
                .addKeyValue("vms", left.size())
                .addKeyValue("elapsed_ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began))
                .log("each VM that was left running was looked at");
    }

    private void recover(VmKeeper keeper) throws InterruptedException {
        places.acquire();
        keeper.recover(places::release);
    }

    /// The first VM of each backend.
    private static Collection<VmKeeper> heads(List<VmKeeper> left) {
        var heads = new LinkedHashMap<String, VmKeeper>();
        for (var keeper : left) {
            heads.putIfAbsent(keeper.view().record().backend(), keeper);
        }
        return heads.values();
    }
}
