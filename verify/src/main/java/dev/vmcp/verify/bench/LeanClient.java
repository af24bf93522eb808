package dev.vmcp.verify.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Calls of a host over Connect with JSON that cost next to nothing on the caller's side, so that
/// the times are the host's. Connections stay open between calls. Safe for use by many threads.
final class LeanClient implements AutoCloseable {

    private static final String SERVICE = "/vmm.v1.VmService/";
    private static final String CONSOLE = "/vmcp.host.v1.HostService/ReadConsole";
    private static final int ENVELOPE = 5;

    private final InetSocketAddress address;
    private final Queue<RawHttp> idle = new ConcurrentLinkedQueue<>();

    LeanClient(String url) {
        var uri = URI.create(url);
        address = new InetSocketAddress(uri.getHost(), uri.getPort());
    }

    /// @param body JSON of ASCII
    void call(String method, String body) {
        try {
            var before = idle.poll();
            var connection = before == null ? RawHttp.dial(address) : before;
            connection.post(SERVICE + method, body);
            idle.add(connection);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + body, e);
        }
    }

    /// Waits for the first output of a VM.
    void awaitOutput(String vm) {
        try (var connection = RawHttp.dial(address)) {
            var request = "{\"vmId\":\"" + vm + "\",\"follow\":true}";
            var envelope = ByteBuffer.allocate(ENVELOPE).putInt(1, request.length()).array();
            var message = new String(envelope, ISO_8859_1) + request;
            connection.send("POST", CONSOLE, "application/connect+json", message);
            var stream = connection.more("");
            while (!stream.contains("\"data\"")) {
                stream = connection.more(stream);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("read the console of " + vm, e);
        }
    }

    @Override
    public void close() throws IOException {
        for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
            connection.close();
        }
    }
}
