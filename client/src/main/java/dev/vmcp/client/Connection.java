package dev.vmcp.client;

import java.io.IOException;
import java.util.Map;

/// One HTTP/1.1 connection, which carries one call at a time.
final class Connection implements AutoCloseable {

    /// A response whose body is still to be read.
    record Answer(ResponseHead head, Body body) {}

    private final Wire wire;
    private final WireReader in;
    private final String authority;
    private boolean used;

    Connection(Wire wire, String authority) {
        this.wire = wire;
        this.in = new WireReader(wire);
        this.authority = authority;
    }

    /// Whether it has carried a call before, so that the peer may have closed it meanwhile.
    boolean used() {
        return used;
    }

    boolean stale() {
        return !in.empty() || wire.stale();
    }

    /// Sends a whole request and reads the head of what comes back.
    Answer post(String path, Map<String, String> headers, byte[] body, Deadline deadline)
            throws IOException {
        var head = new StringBuilder(256);
        head.append("POST ").append(path).append(" HTTP/1.1\r\nhost: ").append(authority);
        head.append("\r\ncontent-length: ").append(body.length).append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("\r\n");
        var start = WireReader.latin(head.toString());
        var request = new byte[start.length + body.length];
        System.arraycopy(start, 0, request, 0, start.length);
        System.arraycopy(body, 0, request, start.length, body.length);
        wire.write(request, deadline);
        var answered = ResponseHead.read(in, deadline);
        return new Answer(answered, Body.of(answered, in));
    }

    void markUsed() {
        used = true;
    }

    @Override
    public void close() {
        try {
            wire.close();
        } catch (IOException _) {
            // The peer is left either way.
        }
    }
}
