package dev.vmcp.client;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Opens connections to one endpoint and keeps a few idle ones for the next call.
final class Dialer implements AutoCloseable {
    private static final int MOST_IDLE = 4;

    private final Endpoint endpoint;
    private final TlsFiles files;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private volatile @Nullable SSLSocketFactory tls;

    Dialer(Endpoint endpoint, TlsFiles files) {
        this.endpoint = endpoint;
        this.files = files;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /// An idle connection that still lives, else a new one.
    Connection take(Deadline deadline) throws IOException {
        for (var kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
            if (!kept.stale()) {
                return kept;
            }
            kept.close();
        }
        return fresh(deadline);
    }

    Connection fresh(Deadline deadline) throws IOException {
        var wire =
                switch (endpoint) {
                    case Endpoint.Tcp(var host, var port) -> ChannelWire.tcp(host, port, deadline);
                    case Endpoint.Unix(var path) -> ChannelWire.unix(path, deadline);
                    case Endpoint.Tls to -> TlsWire.dial(to, factory(), deadline);
                };
        return new Connection(wire, endpoint.authority());
    }

    /// Takes back a connection whose last response was read to its end.
    void keep(Connection connection) {
        connection.markUsed();
        if (idle.size() >= MOST_IDLE) {
            connection.close();
        } else {
            idle.addFirst(connection);
        }
    }

    private SSLSocketFactory factory() throws IOException {
        var known = tls;
        if (known == null) {
            known = files.socketFactory();
            tls = known;
        }
        return known;
    }

    @Override
    public void close() {
        for (var kept = idle.pollFirst(); kept != null; kept = idle.pollFirst()) {
            kept.close();
        }
    }
}
