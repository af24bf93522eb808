package dev.vmcp.host;

import dev.vmcp.host.journal.SqliteJournal;
import dev.vmcp.host.process.ServiceNotice;
import java.time.Duration;

/// Tells the service manager several times in each of its periods that the journal gets to its
/// work: a host that does not is of no use, and its restart costs no guest anything.
final class Watchdog implements AutoCloseable {

    private static final int TIMES = 3;

    private final Thread thread;

    private Watchdog(Thread thread) {
        this.thread = thread;
    }

    static Watchdog start(ServiceNotice notice, SqliteJournal journal) {
        return new Watchdog(
                Thread.ofVirtual()
                        .name("watchdog")
                        .start(() ->
                                notice.watchdog()
                                        .ifPresent(period ->
                                                watch(notice, journal, period.dividedBy(TIMES)))));
    }

    private static void watch(ServiceNotice notice, SqliteJournal journal, Duration pause) {
        try {
            while (true) {
                if (journal.responds(pause)) {
                    notice.alive();
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
