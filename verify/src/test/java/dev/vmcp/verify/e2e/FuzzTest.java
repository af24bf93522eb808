package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.GetVmInfoRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Good requests with a few bytes changed, over every protocol, and bytes that are no request at
/// all. The seed of a failing run is in its message.
final class FuzzTest {

    private static final int WARM_UP = 600;
    private static final int REQUESTS = 2400;
    private static final int MOST_GROWTH_KIB = 48 << 10;
    private static final String SIGNS = "{}[]\",:0-9e\\u\u0000";
    private static final Pattern CODE = Pattern.compile("\"code\":\"([a-z_]+)\"");
    private static final Pattern WEB_STATUS = Pattern.compile("grpc-status: ?([0-9]+)");

    /// `unknown` and `internal` of gRPC.
    private static final Set<String> FAULTS = Set.of("unknown", "internal", "2", "13");

    private enum Protocol {
        CONNECT_JSON("application/json"),
        CONNECT_PROTO("application/proto"),
        GRPC("application/grpc+proto"),
        GRPC_WEB("application/grpc-web+proto");

        private final String type;

        Protocol(String type) {
            this.type = type;
        }
    }

    private record Call(String method, Message request) {}

    @TempDir static Path directory;
    private static Rig rig;
    private static WebClient http;

    @BeforeAll
    static void start() {
        rig = Rig.in(directory);
        http = WebClient.of("h2c://" + rig.host().address());
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static List<Call> calls() {
        var config = rig.config();
        config.addStorageBuilder().setPath(rig.kernel()).setReadOnly(true).setIsRootDevice(true);
        config.addNetworkBuilder().setId("eth0").setTapDevice("tap0");
        config.putMetadata("key", "value").getConsoleBuilder().setEnabled(true);
        return List.of(
                new Call(
                        "CreateVm",
                        CreateVmRequest.newBuilder().setVmId("f").setConfig(config).build()),
                new Call("GetVmInfo", GetVmInfoRequest.newBuilder().setVmId("f").build()),
                new Call(
                        "ListVms",
                        ListVmsRequest.newBuilder().setPageSize(5).setPageToken("abc").build()),
                new Call(
                        "ShutdownVm",
                        ShutdownVmRequest.newBuilder().setVmId("f").setTimeoutSeconds(3).build()));
    }

    @Test
    void changedRequestsAreJudgedAndLeaveNothing() throws Exception {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        fuzz(random, WARM_UP, seed);
        long before = residentKib();
        fuzz(random, REQUESTS, seed);
        long grown = residentKib() - before;

        rig.deleteAll();
        assertThat(grown).as("growth of the host in KiB, seed " + seed).isLessThan(MOST_GROWTH_KIB);
        assertThat(rig.left()).as("seed " + seed).isEmpty();
        rig.restart();
        assertThat(rig.client().listVms(ListVmsRequest.getDefaultInstance()).getTotalCount())
                .as("records, seed " + seed)
                .isZero();
    }

    private static void fuzz(SplittableRandom random, int count, long seed) throws Exception {
        var calls = calls();
        for (int i = 0; i < count; i++) {
            var call = calls.get(random.nextInt(calls.size()));
            var protocol = Protocol.values()[random.nextInt(Protocol.values().length)];
            var body = changed(body(call, protocol), random);
            var response = send(call.method(), protocol, body);
            assertThat(code(response, protocol))
                    .as(
                            "seed %d: %s over %s with %s answers %s %s",
                            seed,
                            call.method(),
                            protocol,
                            new String(body, StandardCharsets.ISO_8859_1),
                            response.headers(),
                            response.contentUtf8())
                    .isNotIn(FAULTS);
        }
    }

    private static byte[] body(Call call, Protocol protocol) throws IOException {
        return protocol == Protocol.CONNECT_JSON
                ? JsonFormat.printer().print(call.request()).getBytes(StandardCharsets.UTF_8)
                : call.request().toByteArray();
    }

    /// One to four changes: a byte becomes another, bytes go, are doubled, or come in.
    private static byte[] changed(byte[] body, SplittableRandom random) {
        var bytes = new ArrayList<Byte>();
        for (byte b : body) {
            bytes.add(b);
        }
        for (int i = 1 + random.nextInt(4); i > 0 && !bytes.isEmpty(); i--) {
            int at = random.nextInt(bytes.size());
            int length = random.nextInt(Math.min(8, bytes.size() - at)) + 1;
            switch (random.nextInt(5)) {
                case 0 -> bytes.set(at, (byte) random.nextInt(256));
                case 1 -> bytes.subList(at, at + length).clear();
                case 2 -> bytes.addAll(at, List.copyOf(bytes.subList(at, at + length)));
                case 3 -> bytes.add(at, (byte) SIGNS.charAt(random.nextInt(SIGNS.length())));
                default -> bytes.set(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
            }
        }
        var changed = new byte[bytes.size()];
        for (int i = 0; i < changed.length; i++) {
            changed[i] = bytes.get(i);
        }
        return changed;
    }

    private static AggregatedHttpResponse send(String method, Protocol protocol, byte[] body) {
        boolean framed = protocol == Protocol.GRPC || protocol == Protocol.GRPC_WEB;
        var content =
                framed
                        ? ByteBuffer.allocate(5 + body.length)
                                .put((byte) 0)
                                .putInt(body.length)
                                .put(body)
                                .array()
                        : body;
        var headers =
                RequestHeaders.builder(HttpMethod.POST, "/vmm.v1.VmService/" + method)
                        .add(HttpHeaderNames.CONTENT_TYPE, protocol.type)
                        .add("te", "trailers")
                        .build();
        return http.execute(HttpRequest.of(headers, HttpData.wrap(content))).aggregate().join();
    }

    /// The code of an error; empty when the call was done.
    private static String code(AggregatedHttpResponse response, Protocol protocol) {
        var body = response.contentUtf8();
        return switch (protocol) {
            case CONNECT_JSON, CONNECT_PROTO -> found(CODE, body);
            case GRPC ->
                    response.trailers()
                            .get("grpc-status", response.headers().get("grpc-status", "13"));
            case GRPC_WEB -> response.headers().get("grpc-status", found(WEB_STATUS, body));
        };
    }

    private static String found(Pattern pattern, String text) {
        var match = pattern.matcher(text);
        return match.find() ? match.group(1) : "";
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

    private static long residentKib() throws IOException {
        return status("VmRSS");
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
