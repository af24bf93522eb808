package dev.vmcp.host.keeper;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the counters of all running VMs, and reminds each VM of what it has to make up for, round
/// after round, so that an info has a recent reading without asking a VMM. The readings are spread
/// over their round, which takes longer the more VMs there are: no call meets all of them.
public final class Sampler {

    private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
    private static final Duration ROUND = Duration.ofSeconds(5);
    private static final Duration EACH = Duration.ofSeconds(1);
    private static final int AT_ONCE = 4;

    /// From one VM to the next. Keeps the readings below a few percent of one CPU: 2,000 VMs make a
    /// round of 45 s.
    private static final Duration PER_VM = Duration.ofMillis(20);

    private final Keepers keepers;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Background background = new Background("sampler", this::run);

    public Sampler(Keepers keepers) {
        this.keepers = keepers;
    }

    public void start() {
        background.start();
    }

    public void stop() {
        background.stop();
    }

    private void run() throws InterruptedException {
        while (true) {
            for (var keeper : keepers.all()) {
                keeper.tend();
                if (keeper.view().pid() != 0) {
                    sample(keeper);
                    Thread.sleep(PER_VM);
                }
            }
            Thread.sleep(ROUND);
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
