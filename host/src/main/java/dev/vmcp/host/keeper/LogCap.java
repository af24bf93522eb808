package dev.vmcp.host.keeper;

import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.process.LogFile;
import dev.vmcp.host.process.ProcessException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what VMMs print from filling the disk: looks at each VMM's log, round after round, and
/// gives back all but the last part of a long one. While vmcp is not running nobody looks; its next
/// start does at once.
public final class LogCap {

    /// What a log may hold before its head is given back; in between it may hold more.
    static final long MOST = 4 << 20;

    static final long KEPT = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LogCap.class);
    private static final Duration ROUND = Duration.ofSeconds(1);

    /// A look is a stat: 2,000 VMs make a round of 3 s.
    private static final Duration PER_VM = Duration.ofMillis(1);

    private final Keepers keepers;
    private final Ground ground;
    private final Background background = new Background("log-cap", this::run);

    public LogCap(Keepers keepers, Ground ground) {
        this.keepers = keepers;
        this.ground = ground;
    }

    public void start() {
        background.start();
    }

    public void stop() {
        background.stop();
    }

    private void run() throws InterruptedException {
        while (true) {
            int running = 0;
            for (var keeper : keepers.all()) {
                var record = keeper.view().record();
                var driver = ground.driver(record.backend());
                for (var launch : record.phase().launches()) {
                    running++;
                    cap(driver, ground.layout().launch(launch, record.id(), record.slot()));
                }
            }
            Thread.sleep(ROUND.plus(PER_VM.multipliedBy(running)));
        }
    }

    private static void cap(Driver driver, Launch launch) {
        for (var log : driver.logs(launch)) {
            try {
                LogFile.cap(log, MOST, KEPT);
            } catch (ProcessException e) {
                LOG.atDebug()
                        .addKeyValue("launch", launch.id())
                        .addKeyValue("error", e.getMessage())
                        .log("log of a vmm not shortened");
            }
        }
    }
}
