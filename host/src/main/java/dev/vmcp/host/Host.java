package dev.vmcp.host;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.health.MachineFacts;
import dev.vmcp.host.keeper.Adoption;
import dev.vmcp.host.keeper.LogCap;
import dev.vmcp.host.keeper.Recovery;
import dev.vmcp.host.keeper.Reply;
import dev.vmcp.host.keeper.Sampler;
import dev.vmcp.host.metrics.HostMetrics;
import dev.vmcp.host.process.ServiceNotice;
import dev.vmcp.platform.lifecycle.Service;
import dev.vmcp.platform.rpc.RpcServer;
import dev.vmcp.platform.telemetry.otel.Telemetry;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One machine's VMs and the API to them. Starting recovers what earlier lives of ours left;
/// stopping leaves guests running unless the configuration says otherwise.
public final class Host implements Service {

    private static final Logger LOG = LoggerFactory.getLogger(Host.class);

    private final HostConfig config;
    private final Map<String, String> environment;
    private final ServiceNotice notice;
    private @Nullable Watchdog watchdog;
    private Telemetry telemetry = Telemetry.off();
    private @Nullable MetricsPort metrics;
    private @Nullable Rooms rooms;
    private @Nullable RpcServer server;
    private @Nullable Adoption adoption;
    private @Nullable Sampler sampler;
    private @Nullable LogCap logCap;

    /// @param environment of this process; drivers look there for their programs
    public Host(HostConfig config, Map<String, String> environment) {
        this.config = config;
        this.environment = Map.copyOf(environment);
        this.notice = ServiceNotice.of(environment);
    }

    @Override
    public String name() {
        return "host";
    }

    @Override
    public void start() {
        config.warnings()
                .forEach(warning -> LOG.atWarn().addKeyValue("event", "insecure").log(warning));
        if (config.otel().enabled()) {
            var instance = MachineFacts.read().hostname() + ":" + config.api().port();
            telemetry = Telemetry.start(config.otel().settings(instance));
        }
        var built = Rooms.build(config, environment, telemetry);
        rooms = built;
        try {
            built.processes().warmUp();
            recover(built);
            serve(built);
        } catch (RuntimeException e) {
            built.close();
            telemetry.close();
            throw e;
        }
    }

    private static void recover(Rooms rooms) {
        long began = System.nanoTime();
        var report = new Recovery(rooms.ground(), rooms.keepers()).run();
        LOG.atInfo()
                .addKeyValue("event", "recovered")
                .addKeyValue("vms", report.vms())
                .addKeyValue("running", report.running())
                .addKeyValue("orphans", report.orphans().size())
                .addKeyValue("elapsed_ms", (System.nanoTime() - began) / 1_000_000)
                .log("state recovered");
    }

    private void serve(Rooms rooms) {
        var listening = HostApi.server(config, rooms, telemetry);
        if (telemetry.on()) {
            HostMetrics.register(telemetry.meter(), rooms.metricSources());
            long room = config.limits().requestBytes();
            HostMetrics.requests(
                    telemetry.meter(), listening::heldBytes, room, listening::refusedBodies);
        }
        for (var address : listening.start()) {
            LOG.atInfo()
                    .addKeyValue("event", "listening")
                    .addKeyValue(
                            "listener", address instanceof InetSocketAddress ? "api" : "socket")
                    .addKeyValue("address", text(address))
                    .log("listening");
        }
        server = listening;
        Thread.ofVirtual().name("versions").start(rooms.backends()::readVersions);
        var verifying = new Adoption(rooms.keepers());
        verifying.start();
        adoption = verifying;
        metrics = MetricsPort.open(config, telemetry, rooms).orElse(null);
        var readings = new Sampler(rooms.keepers());
        readings.start();
        sampler = readings;
        var cap = new LogCap(rooms.keepers(), rooms.ground());
        cap.start();
        logCap = cap;
        notice.ready(rooms.keepers().count() + " VMs");
        watchdog = Watchdog.start(notice, rooms.journal());
    }

    static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : address.toString();
    }

    /// Where the API listens, once started.
    public List<SocketAddress> addresses() {
        var listening = server;
        return listening == null ? List.of() : listening.addresses();
    }

    @Override
    public void stop(Duration limit) throws InterruptedException {
        var built = rooms;
        if (built == null) {
            return;
        }
        notice.stopping();
        if (watchdog != null) {
            watchdog.close();
        }
        if (config.guests().stopOnExit()) {
            stopGuests(built, limit);
        }
        // Watches never end by themselves: they are told first, and then calls get their time.
        built.keepers().feed().close();
        if (adoption != null) {
            adoption.stop();
        }
        if (sampler != null) {
            sampler.stop();
        }
        if (logCap != null) {
            logCap.stop();
        }
        if (server != null) {
            server.stop(shorter(config.api().drainTimeout(), limit));
        }
        if (metrics != null) {
            metrics.close();
        }
        long running = count(built);
        built.close();
        telemetry.close();
        LOG.atInfo()
                .addKeyValue("event", "released")
                .addKeyValue("guests_running", running)
                .log(
                        running == 0
                                ? "no guest is running"
                                : "guests run on without us; the next start takes them up");
    }

    private static long count(Rooms rooms) {
        long running = 0;
        for (var keeper : rooms.keepers().all()) {
            running += keeper.view().pid() == 0 ? 0 : 1;
        }
        return running;
    }

    private static void stopGuests(Rooms rooms, Duration limit) throws InterruptedException {
        var stops = rooms.keepers().stopGuests();
        LOG.atInfo().addKeyValue("guests", stops.size()).log("stopping guests");
        for (CompletableFuture<Outcome<Reply>> stop : stops) {
            try {
                if (stop.get(limit.toMillis(), TimeUnit.MILLISECONDS)
                        instanceof Outcome.Refused<Reply>(var problem)) {
                    LOG.atWarn()
                            .addKeyValue("error", problem.message())
                            .log("a guest could not be stopped");
                }
            } catch (TimeoutException e) {
                LOG.atWarn().log("a guest did not stop in time");
            } catch (ExecutionException e) {
                LOG.atWarn().setCause(e).log("a guest could not be stopped");
            }
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
