package dev.vmcp.host.keeper;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the counters of all running VMs, and reminds each VM of what it has to make up for, round
/// after round, a few at a time, so that an info has a recent reading without asking a VMM. Rounds
/// are further apart the more VMs there are.
public final class Sampler {

    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
    private static final Duration ROUND = Duration.ofSeconds(5);
    private static final Duration EACH = Duration.ofSeconds(1);
    private static final int AT_ONCE = 4;

    /// Keeps the readings below a few percent of one CPU: 2,000 VMs make a round of 40 s.
    private static final Duration PER_VM = Duration.ofMillis(20);

    private final Keepers keepers;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private @Nullable Thread thread;

    public Sampler(Keepers keepers) {
        this.keepers = keepers;
    }

    public void start() {
        thread = Thread.ofVirtual().name("sampler").start(this::run);
    }

    public void stop() {
        var running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                int running = 0;
                for (var keeper : keepers.all()) {
                    keeper.tend();
                    if (keeper.view().pid() != 0) {
                        running++;
                        sample(keeper);
                    }
                }
                Thread.sleep(ROUND.plus(PER_VM.multipliedBy(running)));
            }
        } catch (InterruptedException _) {
            // Stopped.
        }
    }

    private void sample(VmKeeper keeper) throws InterruptedException {
        places.acquire();
        Thread.ofVirtual()
                .name("sample-" + keeper.view().record().id())
                .start(() -> {
                    try {
                        keeper.sample(Deadline.in(EACH));
                    } catch (DriverException e) {
                        LOG.atDebug()
                                .addKeyValue("vm", keeper.view().record().id())
                                .addKeyValue("error", e.getMessage())
                                .log("no reading");
                    } finally {
                        places.release();
                    }
                });
    }
}
