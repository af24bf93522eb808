package dev.vmcp.host.driver.mvisor;

import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.vmm.VmmLog;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/// Looks at a guest twice a second, on a virtual thread, until it has ended: MVisor tells nobody
/// when its guest powers off or crashes.
final class Watch implements AutoCloseable {

    private static final Duration EVERY = Duration.ofMillis(500);

    /// What MVisor complains of on standard error.
    static final Pattern COMPLAINT = Pattern.compile("^\\[[0-9.]+\\] \\S+ \\S+ (panic-)?error: ");

    private final GuestEye eye;
    private final Launch launch;
    private final Reaction reaction;
    private final ReentrantLock telling = new ReentrantLock();
    private boolean closed;
    private final Thread thread;

    private Watch(GuestEye eye, Launch launch, Reaction reaction) {
        this.eye = eye;
        this.launch = launch;
        this.reaction = reaction;
        this.thread = Thread.ofVirtual().name("vmcp-mvisor-", eye.pid()).unstarted(this::look);
    }

    static Watch start(GuestEye eye, Launch launch, Reaction reaction) {
        var watch = new Watch(eye, launch, reaction);
        watch.thread.start();
        return watch;
    }

    private void look() {
        try {
            while (true) {
                Thread.sleep(EVERY);
                var state = eye.see();
                if (state.isEmpty()) {
                    return;
                }
                if (state.get() == GuestState.POWERED_OFF || state.get() == GuestState.CRASHED) {
                    tell(state.get());
                    return;
                }
            }
        } catch (InterruptedException _) {
            // Closed.
        }
    }

    private void tell(GuestState state) {
        telling.lock();
        try {
            if (closed) {
                return;
            }
            if (state == GuestState.POWERED_OFF) {
                reaction.guestPoweredOff();
            } else {
                var words = VmmLog.lastWords(launch, COMPLAINT);
                reaction.guestCrashed(
                        "a virtual CPU ended" + (words.isEmpty() ? "" : ": " + words));
            }
        } finally {
            telling.unlock();
        }
    }

    /// After this nothing more is told.
    @Override
    public void close() {
        telling.lock();
        try {
            closed = true;
        } finally {
            telling.unlock();
        }
        thread.interrupt();
    }
}
