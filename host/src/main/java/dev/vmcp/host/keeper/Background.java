package dev.vmcp.host.keeper;

import org.jspecify.annotations.Nullable;

/// Something that is done beside all calls, until it is through or stopped. Started and stopped by
/// one thread, once each.
final class Background {

    /// Ends when it is interrupted.
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    private final String name;
    private final Work work;
    private @Nullable Thread thread;

    /// @param name of its thread
    Background(String name, Work work) {
        this.name = name;
        this.work = work;
    }

    void start() {
        thread = Thread.ofVirtual().name(name).start(this::run);
    }

    /// Does nothing where it was not started; waits for nothing.
    void stop() {
        var running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    private void run() {
        try {
            work.run();
        } catch (InterruptedException _) {
            // Stopped.
        }
    }
}
