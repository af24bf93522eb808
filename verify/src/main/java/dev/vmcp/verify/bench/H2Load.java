package dev.vmcp.verify.bench;

import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// Sixteen connections that ask for one VM again and again as gRPC over HTTP/2 without TLS, by
/// nghttp2's `h2load`. It takes HTTP statuses for answers; it does not look at `grpc-status`.
final class H2Load {

    private static final Path PROGRAM = Path.of("/usr/bin/h2load");
    private static final Pattern RATE = Pattern.compile("finished in .*?, ([0-9.]+) req/s");
    private static final Pattern ANSWERED =
            Pattern.compile("status codes: (\\d+) 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx");

    private H2Load() {}

    static boolean installed() {
        return Files.isExecutable(PROGRAM);
    }

    /// Answers a second of `url`.
    static double rate(String url, String vm, int seconds) throws Exception {
        var body = Files.createTempFile("vmcp-bench", ".grpc");
        try {
            Files.write(body, framed(vm));
            var command =
                    List.of(
                            PROGRAM.toString(),
                            "-c" + Load.CONNECTIONS,
                            "-t1",
                            "-m1",
                            "-D" + seconds,
                            "-d" + body,
                            "-Hcontent-type: application/grpc",
                            "-Hte: trailers",
                            url);
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? read(said) : fail(said);
        } finally {
            Files.delete(body);
        }
    }

    private static double read(String said) {
        var rate = RATE.matcher(said);
        var answered = ANSWERED.matcher(said);
        return rate.find()
                        && answered.find()
                        && (answered.group(2) + answered.group(3) + answered.group(4)).equals("000")
                ? Double.parseDouble(rate.group(1))
                : fail(said);
    }

    private static double fail(String said) {
        throw new IllegalStateException("h2load: " + said + " (expected: answers with status 200)");
    }

    /// One gRPC message: no compression, four bytes of length, the message.
    private static byte[] framed(String vm) {
        var message = GetVmInfoRequest.newBuilder().setVmId(vm).build().toByteArray();
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }
}
