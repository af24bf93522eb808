package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.metric.NoopMeterRegistry;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import com.linecorp.armeria.server.ConnectionAcceptor;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServerTlsConfig;
import dev.vmcp.platform.rpc.call.OpenCalls;
import io.netty.handler.ssl.ClientAuth;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where and how a server listens, and what it takes at most from below the calls.
///
/// @param idle how long a connection may be without a call
record Transport(
        List<InetSocketAddress> addresses,
        @Nullable LiveTls tls,
        int messageLimit,
        Duration bodyTimeout,
        Duration idle,
        ConnectionLimits connections) {
    private static final int RESETS_PER_MINUTE = 6000;
    private static final int HEAD_BYTES = 64 * 1024;
    private static final int STREAMS = 1024;

    ServerBuilder builder(OpenCalls open) {
        var armeria = Server.builder();
        for (var address : addresses) {
            boolean plain = tls == null || address instanceof DomainSocketAddress;
            armeria.port(address, plain ? SessionProtocol.HTTP : SessionProtocol.HTTPS);
        }
        if (tls != null) {
            armeria.tlsProvider(tls, ServerTlsConfig.builder().clientAuth(clientAuth(tls)).build());
        }
        return armeria.meterRegistry(NoopMeterRegistry.get())
                .bossGroupFactory(Acceptors::new)
                .childChannelPipelineCustomizer(new Connections(connections))
                .requestTimeout(bodyTimeout)
                .maxRequestLength(2L * messageLimit + HEAD_BYTES)
                .http1MaxInitialLineLength(HEAD_BYTES)
                .http1MaxHeaderSize(HEAD_BYTES)
                .http2MaxHeaderListSize(HEAD_BYTES)
                .http2MaxResetFramesPerWindow(RESETS_PER_MINUTE, 60)
                .http2MaxStreamsPerConnection(STREAMS)
                .idleTimeout(idle)
                .gracefulShutdownTimeoutMillis(1, 2000)
                .connectionAcceptor(ConnectionAcceptor.of(_ -> !open.draining()))
                .errorHandler(new Answers())
                .disableServerHeader()
                .disableDateHeader();
    }

    private static ClientAuth clientAuth(LiveTls tls) {
        return switch (tls.clientAuth()) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRED -> ClientAuth.REQUIRE;
        };
    }
}
