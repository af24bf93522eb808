package dev.vmcp.verify.bench;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The peer of our RPC layer: bare Armeria that answers each request with the same bytes.
public final class ConstantServer {

    private ConstantServer() {}

    /// `PORT BYTES`
    public static void main(String[] words) {
        var body = new byte[Integer.parseInt(words[1])];
        Arrays.fill(body, (byte) 'x');
        var server =
                Server.builder()
                        .http(Integer.parseInt(words[0]))
                        .serviceUnder(
                                "/",
                                (context, request) ->
                                        HttpResponse.of(
                                                request.aggregate()
                                                        .thenApply(_ ->
                                                                HttpResponse.of(
                                                                        HttpStatus.OK,
                                                                        MediaType.JSON,
                                                                        body))))
                        .build();
        server.start().join();
    }

    /// The start of a JVM with the flags of a host, up to its main class.
    static List<String> jvm() {
        return new ArrayList<>(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xms40m",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path")));
    }

    static List<String> command(int port, int bytes) {
        var command = jvm();
        command.addAll(
                List.of(
                        ConstantServer.class.getName(),
                        Integer.toString(port),
                        Integer.toString(bytes)));
        return command;
    }
}
