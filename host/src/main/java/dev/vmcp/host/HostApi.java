package dev.vmcp.host;

import dev.vmcp.host.access.AccessGate;
import dev.vmcp.host.config.ApiConfig;
import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.endpoint.AccessServiceEndpoint;
import dev.vmcp.host.endpoint.CallLog;
import dev.vmcp.host.endpoint.HostServiceEndpoint;
import dev.vmcp.host.endpoint.LogServiceEndpoint;
import dev.vmcp.host.endpoint.PredecessorService;
import dev.vmcp.host.endpoint.VmServiceEndpoint;
import dev.vmcp.host.health.Check;
import dev.vmcp.host.health.HealthReport;
import dev.vmcp.host.health.HealthReport.Document;
import dev.vmcp.platform.http.WebHandler;
import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.rpc.ConnectionLimits;
import dev.vmcp.platform.rpc.RequestGate;
import dev.vmcp.platform.rpc.RpcServer;
import dev.vmcp.platform.rpc.RpcServerBuilder;
import dev.vmcp.platform.rpc.TlsSettings;
import dev.vmcp.platform.rpc.TlsSettings.ClientAuth;
import dev.vmcp.platform.telemetry.otel.RpcTelemetry;
import dev.vmcp.platform.telemetry.otel.Telemetry;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// The one listener of a host: the services, health, and who may reach them.
final class HostApi {

    private static final long LEAST_SPACE = 16 << 20;

    /// Nothing that is plain HTTP here wants a body.
    static final int MOST_PLAIN = 4096;

    private static final Duration TLS_FILES_EVERY = Duration.ofSeconds(2);
    private static final String NEVER_CACHED = "no-cache, no-store, must-revalidate";

    private HostApi() {}

    static RpcServer server(HostConfig config, Rooms rooms, Telemetry telemetry) {
        var api = config.api();
        var health = health(config, rooms);
        var serving = new HealthStatusManager();
        var vms = new VmServiceEndpoint(rooms.admission(), rooms.keepers()).bindService();
        var services =
                List.of(
                        vms,
                        PredecessorService.over(vms),
                        new HostServiceEndpoint(
                                        rooms.keepers(), rooms.backends(), rooms.admission())
                                .bindService(),
                        new AccessServiceEndpoint(rooms.tokens()).bindService(),
                        new LogServiceEndpoint(config.log().level()).bindService());
        services.forEach(service ->
                serving.setStatus(service.getServiceDescriptor().getName(), ServingStatus.SERVING));
        var builder =
                RpcServer.builder()
                        .bind(api.address(), api.port())
                        .messageLimit(api.maxMessageBytes())
                        .routeLimit(MOST_PLAIN)
                        .bodyBudget(config.limits().requestBytes())
                        .connections(connections(config))
                        .service(serving.getHealthService())
                        .onEventLoop(VmServiceEndpoint.quickReads())
                        .onEventLoop(PredecessorService.quickReads())
                        .intercept(new CallLog())
                        .intercept(new AccessGate(rooms.access(), rooms.quotas(), rooms.audit()))
                        .reflection()
                        .gate(gate(config))
                        .route("/health", document(health::simple))
                        .route("/_/health", document(health::complete));
        if (telemetry.on()) {
            builder.observer(new RpcTelemetry(telemetry));
        }
        telemetry.scrape().ifPresent(scrape -> builder.route("/metrics", rooms.guarded(scrape)));
        services.forEach(builder::service);
        var socket = config.socket();
        socket.path().ifPresent(path -> builder.bindUnix(path, socket.group()));
        secure(builder, api);
        return builder.build();
    }

    /// With the TLS of the API, where it has one.
    static void secure(RpcServerBuilder builder, ApiConfig api) {
        api.tls()
                .ifPresent(tls ->
                        builder.tls(() -> settings(tls, api.requireToken()), TLS_FILES_EVERY));
    }

    static RequestGate gate(HostConfig config) {
        var gate =
                loopback(config.api().address())
                        ? RequestGate.local()
                        : RequestGate.anyHost(machine());
        return gate.allowHosts(config.browsers().hosts()).allowOrigins(config.browsers().origins());
    }

    static ConnectionLimits connections(HostConfig config) {
        var limits = config.limits();
        return new ConnectionLimits(limits.connections(), limits.connectionsPerCaller());
    }

    private static String machine() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean loopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (IOException e) {
            return false;
        }
    }

    private static TlsSettings settings(ApiConfig.Tls tls, boolean requireToken) {
        return new TlsSettings(
                read(tls.certificate()),
                read(tls.key()),
                tls.clientCa().map(HostApi::read),
                clientAuth(tls, requireToken));
    }

    /// Where a token will do as well, a certificate is asked for but not required.
    private static ClientAuth clientAuth(ApiConfig.Tls tls, boolean requireToken) {
        if (tls.clientCa().isEmpty()) {
            return ClientAuth.NONE;
        }
        return requireToken ? ClientAuth.OPTIONAL : ClientAuth.REQUIRED;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file, e);
        }
    }

    private static WebHandler document(Supplier<Document> source) {
        return request -> {
            if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
                return WebReply.text(405, "GET only\n").with("allow", "GET, HEAD");
            }
            var document = source.get();
            return WebReply.json(document.healthy() ? 200 : 503, document.json())
                    .with("cache-control", NEVER_CACHED);
        };
    }

    private static HealthReport health(HostConfig config, Rooms rooms) {
        var backend = config.backend().choice().name().toLowerCase(Locale.ROOT);
        var data = rooms.directory().path();
        var checks =
                List.of(
                        Check.degrading("backend", () -> backendProblem(rooms)),
                        Check.vital("data_directory", () -> directoryProblem(data)),
                        Check.degrading("disk_space", () -> spaceProblem(data)),
                        Check.degrading("journal", rooms.journal()::trouble));
        return new HealthReport(Release.version(), backend, checks, InstantSource.system());
    }

    /// The default backend must be there: without it a create that names none is refused.
    private static Optional<String> backendProblem(Rooms rooms) {
        var description = rooms.backends().describe();
        var usual =
                description.backends().stream()
                        .filter(one -> one.name().equals(description.usual()))
                        .findFirst();
        return usual.isPresent() && usual.get().probe() instanceof Probe.Installed
                ? Optional.empty()
                : Optional.of(description.reason());
    }

    private static Optional<String> directoryProblem(Path data) {
        return Files.isDirectory(data) && Files.isReadable(data)
                ? Optional.empty()
                : Optional.of("the data directory cannot be read");
    }

    private static Optional<String> spaceProblem(Path data) {
        try {
            long free = Files.getFileStore(data).getUsableSpace();
            return free < LEAST_SPACE
                    ? Optional.of(
                            "the data directory has "
                                    + free
                                    + " bytes left (expected: at least "
                                    + LEAST_SPACE
                                    + ")")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("the space left in the data directory is unknown");
        }
    }
}
