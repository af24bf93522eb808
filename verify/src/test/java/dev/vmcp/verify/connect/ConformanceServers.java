package dev.vmcp.verify.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/// The servers that the suite asks for, all in this JVM. The suite gives a server ten seconds to
/// start and its first call two; a JVM of its own for each takes longer where other tests run.
final class ConformanceServers implements AutoCloseable {
    /// Hands the suite's configuration on and what is answered back, and holds the connection.
    private static final String RELAY = "exec 3<> /dev/tcp/127.0.0.1/$0 && cat >&3 && exec cat <&3";

    private final ServerSocket listening;

    ConformanceServers() throws IOException {
        listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /// The command that is a server for as long as it runs.
    List<String> command() {
        return List.of("bash", "-c", RELAY, Integer.toString(listening.getLocalPort()));
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var relay = listening.accept();
                Thread.ofPlatform().daemon().start(() -> serve(relay));
            } catch (IOException e) {
                // Closed, or a relay that is gone: the suite says that it got no answer.
            }
        }
    }

    private static void serve(Socket relay) {
        try (relay) {
            var server = ConformanceServer.start(relay.getInputStream(), relay.getOutputStream());
            try {
                var _ = relay.getInputStream().read();
            } finally {
                ConformanceServer.stop(server);
            }
        } catch (IOException e) {
            // The suite ended its server.
        }
    }
}
