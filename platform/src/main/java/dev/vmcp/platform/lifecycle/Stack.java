package dev.vmcp.platform.lifecycle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The services of a process: started in order, stopped in reverse order. For one thread.
public final class Stack {
    private static final Logger LOG = LoggerFactory.getLogger(Stack.class);

    /// What the services that come after a slow one get at least.
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final List<Service> services;
    private final Duration limit;
    private final Deque<Service> started = new ArrayDeque<>();

    /// @param limit how long stopping may take in all
    public Stack(List<Service> services, Duration limit) {
        this.services = List.copyOf(services);
        this.limit = limit;
    }

    /// Starts, waits for the signal, stops; returns the exit status of the process: 0, or 1 when a
    /// service failed to start or to stop in time.
    public int run(StopSignal signal) throws InterruptedException {
        try {
            start();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("start failed");
            return 1;
        }
        var name = signal.await();
        LOG.atInfo()
                .addKeyValue("event", "stopping")
                .addKeyValue("signal", name)
                .log("stopping; a second signal ends the process at once");
        var clean = stop();
        LOG.atInfo().addKeyValue("event", "stopped").addKeyValue("clean", clean).log("stopped");
        return clean ? 0 : 1;
    }

    /// Starts every service. When one fails, those that were started are stopped and the failure is
    /// thrown on.
    public void start() throws InterruptedException {
        for (var service : services) {
            try {
                service.start();
            } catch (RuntimeException | Error | InterruptedException e) {
                stop();
                throw e;
            }
            started.push(service);
        }
    }

    /// Stops what was started; does nothing the second time.
    ///
    /// @return whether every service stopped in time and without a failure
    public boolean stop() throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        var clean = true;
        while (!started.isEmpty()) {
            var left = Duration.ofNanos(end - System.nanoTime());
            clean &= stop(started.pop(), left.compareTo(LEAST) < 0 ? LEAST : left);
        }
        return clean;
    }

    private static boolean stop(Service service, Duration limit) throws InterruptedException {
        var stopping = new Stopping(service, limit);
        var thread = Thread.ofVirtual().name("stop-" + service.name()).start(stopping);
        if (!thread.join(limit)) {
            thread.interrupt();
            LOG.atWarn()
                    .addKeyValue("service", service.name())
                    .addKeyValue("limit", limit)
                    .log("service did not stop in time");
            return false;
        }
        if (stopping.failure != null) {
            LOG.atWarn()
                    .addKeyValue("service", service.name())
                    .setCause(stopping.failure)
                    .log("service failed to stop");
        }
        return stopping.failure == null;
    }

    /// One service's stop on a thread of its own, so that it can be left behind.
    private static final class Stopping implements Runnable {
        private final Service service;
        private final Duration limit;
        private volatile @Nullable Throwable failure;

        Stopping(Service service, Duration limit) {
            this.service = service;
            this.limit = limit;
        }

        @Override
        public void run() {
            try {
                service.stop(limit);
            } catch (RuntimeException | Error | InterruptedException e) {
                failure = e;
            }
        }
    }
}
