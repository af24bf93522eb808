package dev.vmcp.host;

import dev.vmcp.host.config.HostConfig;
import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.rpc.ListenException;
import dev.vmcp.platform.rpc.RpcServer;
import dev.vmcp.platform.telemetry.otel.Telemetry;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listener that Prometheus pulls from. It serves `/metrics` and nothing else, on the address
/// of the API, in plain text unless it is told to take the API's TLS.
final class MetricsPort implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MetricsPort.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final RpcServer server;

    private MetricsPort(RpcServer server) {
        this.server = server;
    }

    /// Listens, where metrics are to be pulled. A port that is taken costs the metrics, not the
    /// host.
    static Optional<MetricsPort> open(HostConfig config, Telemetry telemetry, Rooms rooms) {
        return telemetry.scrape().flatMap(scrape -> open(config, rooms.guarded(scrape)));
    }

    private static Optional<MetricsPort> open(HostConfig config, WebHandler scrape) {
        int port = config.otel().prometheusPort();
        var builder =
                RpcServer.builder()
                        .bind(config.api().address(), port)
                        .gate(HostApi.gate(config))
                        .connections(HostApi.connections(config))
                        .routeLimit(HostApi.MOST_PLAIN)
                        .route("/metrics", scrape);
        if (config.otel().prometheusTls()) {
            HostApi.secure(builder, config.api());
        }
        var server = builder.build();
        try {
            for (var address : server.start()) {
                LOG.atInfo()
                        .addKeyValue("event", "listening")
                        .addKeyValue("listener", "metrics")
                        .addKeyValue("address", Host.text(address))
                        .log("listening");
            }
            return Optional.of(new MetricsPort(server));
        } catch (ListenException e) {
            LOG.atError()
                    .addKeyValue("event", "metrics.unavailable")
                    .addKeyValue("port", port)
                    .addKeyValue("error", e.getMessage())
                    .log("metrics cannot be pulled; the API serves on");
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            server.stop(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
