package dev.vmcp.verify.connect;

import ch.qos.logback.classic.Level;
import com.google.protobuf.ByteString;
import connectrpc.conformance.v1.ServerCompat.ServerCompatRequest;
import connectrpc.conformance.v1.ServerCompat.ServerCompatResponse;
import dev.vmcp.platform.lifecycle.Carriers;
import dev.vmcp.platform.rpc.RpcServer;
import dev.vmcp.platform.rpc.TlsSettings;
import dev.vmcp.platform.rpc.TlsSettings.ClientAuth;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server for one configuration of the suite: reads a `ServerCompatRequest` from stdin, answers
/// where it listens on stdout, serves until it is terminated. Nothing else goes to stdout.
public final class ConformanceServer {

    private ConformanceServer() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Carriers.provide();
        var out = System.out;
        // Whatever logs or prints must not disturb the handshake.
        System.setOut(System.err);
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)
                instanceof ch.qos.logback.classic.Logger root) {
            root.setLevel(Level.WARN);
        }
        var server = start(System.in, out);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
        new CountDownLatch(1).await();
    }

    /// Reads the configuration of a server, starts it, and answers where it listens. The caller
    /// stops it.
    static RpcServer start(InputStream from, OutputStream to) throws IOException {
        var in = new DataInputStream(from);
        var request = ServerCompatRequest.parseFrom(in.readNBytes(in.readInt()));
        var server = serve(request);
        server.start();
        var answer =
                ServerCompatResponse.newBuilder()
                        .setHost("127.0.0.1")
                        .setPort(server.port())
                        .setPemCert(
                                request.getUseTls()
                                        ? request.getServerCreds().getCert()
                                        : ByteString.EMPTY)
                        .build()
                        .toByteArray();
        var out = new DataOutputStream(to);
        out.writeInt(answer.length);
        out.write(answer);
        out.flush();
        return server;
    }

    private static RpcServer serve(ServerCompatRequest request) {
        var builder =
                RpcServer.builder()
                        .bind("127.0.0.1", 0)
                        .service(ConformanceCalls.service())
                        .compressFrom(0);
        if (request.getMessageReceiveLimit() > 0) {
            builder.messageLimit(request.getMessageReceiveLimit());
        }
        if (request.getUseTls()) {
            var certificate = request.getServerCreds().getCert().toByteArray();
            var key = request.getServerCreds().getKey().toByteArray();
            builder.tls(
                    request.getClientTlsCert().isEmpty()
                            ? TlsSettings.of(certificate, key)
                            : TlsSettings.withClients(
                                    certificate,
                                    key,
                                    request.getClientTlsCert().toByteArray(),
                                    ClientAuth.REQUIRED));
        }
        return builder.build();
    }

    static void stop(RpcServer server) {
        try {
            server.stop(Duration.ofMillis(100));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
