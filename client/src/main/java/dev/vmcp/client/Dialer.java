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
        var wire = dial(deadline);
        return new Connection(wire, endpoint.authority());
    }

    /// No switch over types, which costs a cold start 30 ms to link.
    private Wire dial(Deadline deadline) throws IOException {
        if (endpoint instanceof Endpoint.Unix unix) {
            return ChannelWire.unix(unix.path(), deadline);
        }
        if (endpoint instanceof Endpoint.Tcp tcp) {
            return ChannelWire.tcp(tcp.host(), tcp.port(), deadline);
        }
        return TlsWire.dial((Endpoint.Tls) endpoint, factory(), deadline);
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
