package dev.vmcp.platform.rpc;

import com.linecorp.armeria.common.util.DomainSocketAddress;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerPort;
import dev.vmcp.platform.rpc.call.OpenCalls;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;

/// Serves RPCs and plain HTTP on the addresses that its builder was given. Starts once, stops once.
public final class RpcServer {
    private final Server server;
    private final OpenCalls open;
    private final String where;

    RpcServer(Server server, OpenCalls open, String where) {
        this.server = server;
        this.open = open;
        this.where = where;
    }

    public static RpcServerBuilder builder() {
        return new RpcServerBuilder();
    }

    /// Listens, and says where, TCP and unix sockets in no particular order.
    public List<SocketAddress> start() {
        try {
            server.start().join();
        } catch (CompletionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw new ListenException(
                    "cannot listen on " + where + ": " + cause.getMessage(), cause);
        }
        return addresses();
    }

    /// Where the started server listens; ports are the real ones.
    public List<SocketAddress> addresses() {
        return server.activePorts().values().stream().map(RpcServer::address).toList();
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
        return open.size();
    }

    /// Takes no more connections and calls, lets running calls end for at most `drain`, ends the
    /// others as `unavailable`, and closes. Returns when all is closed.
    public void stop(Duration drain) throws InterruptedException {
        open.finish(drain);
        server.stop().join();
    }

    private static SocketAddress address(ServerPort port) {
        return port.localAddress() instanceof DomainSocketAddress unix
                ? UnixDomainSocketAddress.of(unix.path())
                : port.localAddress();
    }
}
