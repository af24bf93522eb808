package dev.vmcp.host.driver.mvisor;

import dev.vmcp.host.driver.DriverStage.Act;
import dev.vmcp.host.driver.Serial;
import dev.vmcp.host.guest.BootSectorGuest;
import dev.vmcp.host.guest.TinyGuest;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Eventually;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// The keys of a boot-sector guest that listens, which stand on its disk.
final class SectorKeys {

    private final Path disk;
    private int told;

    private SectorKeys(Path disk) {
        this.disk = disk;
    }

    /// Writes the guest to the disk.
    static SectorKeys on(Path disk) throws IOException {
        BootSectorGuest.writeTo(disk, true);
        return new SectorKeys(disk);
    }

    void tell(char key) throws IOException {
        BootSectorGuest.tell(disk, key, ++told);
    }

    void act(Act act) throws IOException {
        tell(
                switch (act) {
                    case POWER_OFF -> 'P';
                    case RESTART -> 'R';
                    case CRASH -> 'C';
                });
    }

    /// Asks until there is an answer: a guest that starts does not listen yet.
    void awaitUp(Serial console) throws Exception {
        console.forget();
        Eventually.holds(
                "an answer",
                () -> {
                    tell('N');
                    var answer = Deadline.in(Duration.ofMillis(300));
                    while (!answer.passed()) {
                        if (console.read().contains(TinyGuest.BANNER)) {
                            return true;
                        }
                        LockSupport.parkNanos(1_000_000);
                    }
                    return false;
                });
    }
}
