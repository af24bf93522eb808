package dev.vmcp.host.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import dev.vmcp.platform.http.WebReply;
import dev.vmcp.platform.rpc.RpcServer;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Ten times as many calls as there is room for, over real connections.
class OverloadTest {

    private static final int ROOM = 20;
    private static final int ASKED = 10 * ROOM;
    private static final Pattern DETAIL =
            Pattern.compile("\"type\":\"google.rpc.RetryInfo\",\"value\":\"([^\"]+)\"");

    private static final MethodDescriptor<StringValue, StringValue> WAIT =
            MethodDescriptor.<StringValue, StringValue>newBuilder()
                    .setFullMethodName("test.Slow/Wait")
                    .setType(MethodType.UNARY)
                    .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .build();

    enum Protocol {
        CONNECT("application/proto"),
        GRPC("application/grpc"),
        GRPC_WEB("application/grpc-web");

        private final String type;

        Protocol(String type) {
            this.type = type;
        }
    }

    @TempDir private Path directory;
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger inside = new AtomicInteger();
    private RpcServer server;
    private Audit audit;
    private WebClient http;

    @BeforeEach
    void start() {
        var clock = InstantSource.system();
        var tokens = Tokens.open(directory.resolve("tokens"), clock, new Random(1));
        audit = Audit.open(directory.resolve("audit.log"), clock);
        var policy = new AccessPolicy(true, false, 0, OptionalInt.empty());
        var limits = new Quotas.Limits(ROOM, ROOM, ROOM, 1000);
        var quotas = new Quotas(limits, System::nanoTime);
        server =
                RpcServer.builder()
                        .bind("127.0.0.1", 0)
                        .service(
                                ServerServiceDefinition.builder("test.Slow")
                                        .addMethod(WAIT, ServerCalls.asyncUnaryCall(this::wait))
                                        .build())
                        .intercept(new AccessGate(new Access(policy, tokens), quotas, audit))
                        .route("/health", _ -> WebReply.text(200, "well"))
                        .build();
        server.start();
        http = WebClient.of("h2c://127.0.0.1:" + server.port());
    }

    @AfterEach
    void stop() throws InterruptedException {
        open.countDown();
        server.stop(Duration.ofSeconds(5));
        audit.close();
    }

    private void wait(StringValue request, StreamObserver<StringValue> to) {
        inside.incrementAndGet();
        try {
            if (!request.getValue().equals("go") && !open.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("wait: too long (expected: the test goes on)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            inside.decrementAndGet();
        }
        to.onNext(request);
        to.onCompleted();
    }

    private CompletableFuture<AggregatedHttpResponse> call(Protocol protocol, String value) {
        var message = StringValue.of(value).toByteArray();
        var body =
                protocol == Protocol.CONNECT
                        ? message
                        : ByteBuffer.allocate(5 + message.length)
                                .put((byte) 0)
                                .putInt(message.length)
                                .put(message)
                                .array();
        var headers =
                RequestHeaders.of(
                        HttpMethod.POST, "/test.Slow/Wait", "content-type", protocol.type);
        return http.execute(HttpRequest.of(headers, HttpData.wrap(body))).aggregate();
    }

    @ParameterizedTest
    @EnumSource
    void whatDoesNotFitIsRefusedWithAHintAndHealthStaysUp(Protocol protocol) throws Exception {
        var calls = new ArrayList<CompletableFuture<AggregatedHttpResponse>>();
        for (int i = 0; i < ASKED; i++) {
            calls.add(call(protocol, "wait"));
        }
        var first = new ArrayList<AggregatedHttpResponse>();
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (first.size() < ASKED - ROOM && System.nanoTime() - deadline < 0) {
            first.clear();
            calls.stream().filter(CompletableFuture::isDone).map(c -> c.join()).forEach(first::add);
            assertThat(http.get("/health").aggregate().get(20, TimeUnit.SECONDS).status().code())
                    .isEqualTo(200);
        }

        assertThat(first).hasSize(ASKED - ROOM);
        assertThat(inside).hasValue(ROOM);
        for (var refused : first) {
            assertRefused(protocol, refused);
        }
        open.countDown();
        for (var call : calls) {
            call.get(30, TimeUnit.SECONDS);
        }
        assertThat(status(protocol, call(protocol, "go").get(20, TimeUnit.SECONDS))).isEqualTo("0");
    }

    private static void assertRefused(Protocol protocol, AggregatedHttpResponse refused)
            throws Exception {
        assertThat(refused.headers().get("retry-after")).isEqualTo("1");
        assertThat(status(protocol, refused)).isEqualTo("8");
        var retry = retry(protocol, refused);
        assertThat(retry.getRetryDelay().getSeconds()).isEqualTo(1);
        if (protocol == Protocol.CONNECT) {
            assertThat(refused.status().code()).isEqualTo(429);
        }
    }

    private static String status(Protocol protocol, AggregatedHttpResponse response) {
        return switch (protocol) {
            case CONNECT ->
                    response.contentUtf8().contains("\"resource_exhausted\"")
                            ? "8"
                            : response.status().code() == 200 ? "0" : response.contentUtf8();
            case GRPC -> response.trailers().get("grpc-status", "none");
            case GRPC_WEB -> trailer(response, "grpc-status");
        };
    }

    private static RetryInfo retry(Protocol protocol, AggregatedHttpResponse response)
            throws Exception {
        if (protocol == Protocol.CONNECT) {
            var found = DETAIL.matcher(response.contentUtf8());
            assertThat(found.find()).as(response.contentUtf8()).isTrue();
            return RetryInfo.parseFrom(bytes(found.group(1)));
        }
        var name = "grpc-status-details-bin";
        var text =
                protocol == Protocol.GRPC
                        ? response.trailers().get(name, "")
                        : trailer(response, name);
        for (var detail : Status.parseFrom(bytes(text)).getDetailsList()) {
            if (detail.is(RetryInfo.class)) {
                return detail.unpack(RetryInfo.class);
            }
        }
        throw new AssertionError("no RetryInfo in " + text);
    }

    private static ByteString bytes(String base64) {
        return ByteString.copyFrom(Base64.getDecoder().decode(base64));
    }

    private static String trailer(AggregatedHttpResponse response, String name) {
        var found = Pattern.compile(name + ": ?(\\S+)").matcher(response.contentUtf8());
        return found.find() ? found.group(1) : response.headers().get(name, "none");
    }

    @Test
    void wrongTokensInTurnFloodNeitherTheHostNorItsAuditLog() throws Exception {
        var headers =
                RequestHeaders.of(
                        HttpMethod.POST,
                        "/test.Slow/Wait",
                        "content-type",
                        "application/json",
                        "authorization",
                        "Bearer wrong");
        var statuses = new ArrayList<Integer>();
        for (int i = 0; i < 300; i++) {
            statuses.add(
                    http.execute(HttpRequest.of(headers, HttpData.ofUtf8("\"go\"")))
                            .aggregate()
                            .get(20, TimeUnit.SECONDS)
                            .status()
                            .code());
        }

        assertThat(statuses).containsOnly(401, 429).startsWith(401);
        var lines = Files.readAllLines(directory.resolve("audit.log"));
        assertThat(lines).hasSize((int) statuses.stream().filter(s -> s == 401).count());
        assertThat(List.of(lines.getFirst())).allMatch(l -> l.contains("unauthenticated"));
    }
}
