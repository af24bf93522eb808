package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.util.DomainSocketAddress;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerPort;
import dev.vmcp.platform.rpc.call.CallPolicy;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Serves RPCs and plain HTTP on the addresses that its builder was given. Starts once, stops once.
public final class RpcServer {
    private final Server server;
    private final CallPolicy policy;
    private final List<SocketFile> sockets;
    private final @Nullable LiveTls tls;

    RpcServer(Server server, CallPolicy policy, List<SocketFile> sockets, @Nullable LiveTls tls) {
        this.server = server;
        this.policy = policy;
        this.sockets = sockets;
        this.tls = tls;
    }

    public static RpcServerBuilder builder() {
        return new RpcServerBuilder();
    }

    /// Listens, and says where, TCP and unix sockets in no particular order.
    public List<SocketAddress> start() {
        sockets.forEach(SocketFile::makeRoom);
        try {
            server.start().join();
        } catch (CompletionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw new ListenException(
                    "cannot listen on " + wanted() + ": " + cause.getMessage(), cause);
        }
        try {
            sockets.forEach(SocketFile::open);
        } catch (ListenException e) {
            server.stop().join();
            throw e;
        }
        if (tls != null) {
            tls.start();
        }
        return addresses();
    }

    private List<?> wanted() {
        return server.config().ports().stream().map(this::address).toList();
    }

    /// Where the started server listens; ports are the real ones.
    public List<SocketAddress> addresses() {
        return server.activePorts().values().stream().map(this::address).toList();
    }

    /// The port of the first TCP listener.
    public int port() {
        return addresses().stream()
                .filter(InetSocketAddress.class::isInstance)
                .map(InetSocketAddress.class::cast)
                .mapToInt(InetSocketAddress::getPort)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("port: none (expected: a TCP listener)"));
    }

    /// How many calls are under way.
    public int openCalls() {
        return policy.open().size();
    }

    /// How many bytes of requests are held, small ones over HTTP/1 left out.
    public long heldBytes() {
        return policy.bodies().held();
    }

    /// How many requests were turned away because there was no room for them.
    public long refusedBodies() {
        return policy.bodies().refused();
    }

    /// Takes no more connections and calls, lets running calls end for at most `drain`, ends the
    /// others as `unavailable`, and closes. Returns when all is closed.
    public void stop(Duration drain) throws InterruptedException {
        policy.open().finish(drain);
        server.stop().join();
        sockets.forEach(SocketFile::remove);
        if (tls != null) {
            tls.close();
        }
    }

    private SocketAddress address(ServerPort port) {
        if (!(port.localAddress() instanceof DomainSocketAddress unix)) {
            return port.localAddress();
        }
        var path = Path.of(unix.path());
        return UnixDomainSocketAddress.of(
                sockets.stream()
                        .filter(file -> file.made().equals(path))
                        .map(SocketFile::path)
                        .findFirst()
                        .orElse(path));
    }
}
