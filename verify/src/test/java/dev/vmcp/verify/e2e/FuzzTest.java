package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.verify.fuzz.FuzzRun;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Good requests with a few bytes changed, over every protocol, with a fresh seed each time, and
/// bytes that are no request at all. `./run fuzz` sends more, and repeats a seed.
final class FuzzTest {

    private static final int REQUESTS = 4000;
    private static final int RATE = 10_000;

    @TempDir static Path directory;
    private static Rig rig;

    @BeforeAll
    static void start() {
        rig = Rig.in(directory);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void changedRequestsAreJudgedAndLeaveNothing() throws Exception {
        assertThat(FuzzRun.run(REQUESTS, RATE, System.nanoTime())).isEmpty();
    }

    @Test
    void bytesThatAreNoRequestHoldNothingUp() throws IOException {
        var random = new SplittableRandom(7);
        var half =
                "POST /vmm.v1.VmService/CreateVm HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
        var sent =
                List.of(
                        half,
                        half + "content-length: 1000\r\n\r\n{\"vm_id\"",
                        half + "transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n",
                        half + "content-length: 5\r\ncontent-length: 7\r\n\r\n{}",
                        half + "content-length: -1\r\n\r\n",
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\u0000".repeat(64),
                        "\u0016\u0003\u0001 TLS?",
                        "GET " + "/".repeat(70_000),
                        "GET / HTTP/1.1\r\n" + "x: y\r\n".repeat(10_000));
        var open = new ArrayList<Socket>();
        try {
            for (int round = 0; round < 20; round++) {
                for (var text : sent) {
                    open.add(talk(text.getBytes(StandardCharsets.ISO_8859_1)));
                }
                var noise = new byte[2000];
                for (int i = 0; i < noise.length; i++) {
                    noise[i] = (byte) random.nextInt(256);
                }
                open.add(talk(noise));
            }
            assertThat(Http.get(rig.host(), "health").status()).isEqualTo(200);
            assertThat(rig.left()).isEmpty();
            assertThat(threads()).isLessThan(60);
        } finally {
            for (var socket : open) {
                socket.close();
            }
        }
    }

    private static Socket talk(byte[] bytes) throws IOException {
        var address = rig.host().address();
        int colon = address.lastIndexOf(':');
        var socket = new Socket();
        socket.connect(
                new InetSocketAddress(
                        address.substring(0, colon),
                        Integer.parseInt(address.substring(colon + 1))));
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException _) {
            // It has closed the connection already, as it may.
        }
        return socket;
    }

    private static long threads() throws IOException {
        return status("Threads");
    }

    private static long status(String field) throws IOException {
        var status = Path.of("/proc", Long.toString(rig.host().pid()), "status");
        var line =
                Files.readAllLines(status).stream()
                        .filter(one -> one.startsWith(field + ":"))
                        .findFirst()
                        .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
}
