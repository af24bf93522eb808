package dev.vmcp.host.vmm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Eventually;
import dev.vmcp.host.process.Exit;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A VMM that lies, stammers or says nothing costs the call that was made on it.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class RestClientTest {

    private static final String DONE =
            "HTTP/1.1 204 \r\nServer: x\r\nConnection: keep-alive\r\n\r\n";

    // Short: the server binds by its full path.
    private final Path directory = Files.createTempDirectory("rest");
    private final Path socket = directory.resolve("api.sock");
    private volatile Optional<Exit> exit = Optional.empty();
    private final RestClient client = new RestClient(socket, () -> exit);

    RestClientTest() throws IOException {}

    @AfterEach
    void clear() throws IOException {
        client.close();
        Files.deleteIfExists(socket);
        Files.delete(directory);
    }

    @Test
    void anObjectIsSentAndAnObjectComesBack() throws Exception {
        try (var server = server(answer(200, "{\"id\":\"a\",\"n\":7}"))) {
            assertThat(client.get("/", soon())).isEqualTo(Map.of("id", "a", "n", 7L));
            assertThat(client.put("/x", Map.of("text", "é\"\n"), soon()))
                    .isEqualTo(Map.of("id", "a", "n", 7L));
            assertThat(server.requests().getFirst())
                    .startsWith("GET / HTTP/1.1\r\nHost: ")
                    .doesNotContain("Content-Length");
            assertThat(server.requests().getLast())
                    .startsWith("PUT /x HTTP/1.1\r\n")
                    .contains("Content-Length: 17\r\n")
                    .endsWith("\r\n\r\n{\"text\":\"é\\\"\\n\"}");
        }
    }

    @Test
    void anAnswerWithoutABodyIsEmpty() throws Exception {
        try (var server = server(DONE)) {
            assertThat(client.patch("/vm", Map.of("state", "Paused"), soon())).isEmpty();
            assertThat(client.put("/vm.pause", soon())).isEmpty();
            assertThat(server.requests().getFirst()).startsWith("PATCH /vm ");
            assertThat(server.requests().getLast()).endsWith("\r\n\r\n");
        }
    }

    @Test
    void aCallThatComesTooLateIsNotMade() throws Exception {
        try (var server = server(DONE)) {
            var failure = failure(() -> client.put("/a", Deadline.in(Duration.ZERO)));
            assertThat(failure.kind()).isEqualTo(Kind.SILENT);
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void aClientAtRestHoldsNoDescriptor() throws Exception {
        try (var server = server(DONE)) {
            client.put("/a", soon());
            var before = descriptors();
            for (var i = 0; i < 50; i++) {
                client.put("/a", soon());
            }
            assertThat(descriptors()).isLessThan(before + 25);
            Eventually.holds(
                    "all hung up",
                    () -> server.clients().stream().noneMatch(SocketChannel::isOpen));
        }
    }

    @Test
    void aRefusalHasTheWordsOfTheVmm() throws Exception {
        for (var body :
                List.of(
                        "{\"fault_message\":\"not \\n now\"}",
                        "{\"error\":\"not now\"}",
                        "[\"not now\"]",
                        "not now")) {
            try (var _ = server(answer(400, body))) {
                var failure = failure(() -> client.put("/a", soon()));
                assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
                assertThat(failure.getMessage()).containsPattern("^not {1,3}now$");
            }
        }
        try (var _ = server(answer(500, "[\"outer\",\"inner\"]"))) {
            assertThat(failure(() -> client.put("/a", soon()))).hasMessage("outer: inner");
            assertThat(client.send("GET", "/a", "", soon()).status()).isEqualTo(500);
        }
        try (var _ = server(answer(404, ""))) {
            assertThat(failure(() -> client.put("/a", soon()))).hasMessage("status 404");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{\"a\"",
                "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nConte",
                ""
            })
    void whatIsNoAnswerIsSaidSo(String words) throws Exception {
        try (var server = server(words)) {
            server.hangUpAfterwards();
            assertThat(failure(() -> client.get("/", soon())).kind()).isEqualTo(Kind.GONE);
        }
    }

    @Test
    void headAndBodyAreBounded() throws Exception {
        var head = "HTTP/1.1 200 OK\r\n" + "x: y\r\n".repeat(RestAnswer.LONGEST_HEAD);
        try (var _ = server(head)) {
            assertThat(failure(() -> client.get("/", soon()))).hasMessageContaining("too long");
        }
        try (var _ = server(answer(200, " ".repeat(RestAnswer.LONGEST_BODY + 1)))) {
            assertThat(failure(() -> client.get("/", soon()))).hasMessageContaining("too long");
        }
        var depth = "{\"a\":" + "[".repeat(100_000);
        try (var _ = server(answer(200, depth))) {
            assertThat(failure(() -> client.get("/", soon())).kind()).isEqualTo(Kind.GONE);
        }
    }

    @Test
    void aVmmThatSaysNothingIsSilentAtTheDeadline() throws Exception {
        try (var _ = server("")) {
            var failure = failure(() -> client.get("/", Deadline.in(Duration.ofMillis(100))));
            assertThat(failure.kind()).isEqualTo(Kind.SILENT);
            assertThat(failure.retryable()).isTrue();
        }
    }

    @Test
    void aVmmThatTakesNoConnectionIsSilentAtTheDeadline() throws Exception {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket), 1);
            for (var i = 0; i < 5; i++) {
                var failure = failure(() -> client.get("/", Deadline.in(Duration.ofMillis(100))));
                assertThat(failure.kind()).isEqualTo(Kind.SILENT);
            }
        }
    }

    @Test
    void aSecondCallWaitsForTheFirstAndNotBeyondItsDeadline() throws Exception {
        try (var server = server("")) {
            var first = CompletableFuture.runAsync(() -> failure(() -> client.get("/a", soon())));
            Eventually.holds("the first call", () -> server.requests().size() == 1);
            var second = failure(() -> client.get("/b", Deadline.in(Duration.ofMillis(100))));
            assertThat(second.kind()).isEqualTo(Kind.SILENT);
            client.close();
            first.get(20, TimeUnit.SECONDS);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void closingEndsACallUnderWayAndEveryLaterOne() throws Exception {
        try (var server = server("")) {
            var call = CompletableFuture.supplyAsync(() -> failure(() -> client.get("/", soon())));
            Eventually.holds("the call", () -> server.requests().size() == 1);
            client.close();
            assertThat(call.get(20, TimeUnit.SECONDS).kind()).isEqualTo(Kind.GONE);
            assertThat(failure(() -> client.get("/", soon())).kind()).isEqualTo(Kind.GONE);
        }
    }

    @Test
    void aSocketThatIsNotThereIsGone() {
        assertThat(failure(() -> client.get("/", soon())).kind()).isEqualTo(Kind.GONE);
    }

    @Test
    void aListenerIsWaitedForUntilItsProcessEnds() throws Exception {
        var late = failure(() -> client.awaitListener(Deadline.in(Duration.ofMillis(100))));
        assertThat(late.kind()).isEqualTo(Kind.SILENT);
        var waiting = CompletableFuture.runAsync(() -> client.awaitListener(soon()));
        try (var _ = server(DONE)) {
            waiting.get(20, TimeUnit.SECONDS);
        }
        leaveBehind(socket);
        var ended =
                CompletableFuture.supplyAsync(() -> failure(() -> client.awaitListener(soon())));
        exit = Optional.of(new Exit.Code(1));
        assertThat(ended.get(20, TimeUnit.SECONDS))
                .hasMessageContaining("exit code 1")
                .extracting(DriverException::kind)
                .isEqualTo(Kind.GONE);
    }

    @Test
    void theCallsAfterTheWaitShareItsConnectionUntilItIsHungUp() throws Exception {
        try (var server = server(DONE)) {
            server.goOnAfterwards();
            client.awaitListener(soon());
            for (var path : List.of("/a", "/b", "/c")) {
                client.put(path, soon());
            }
            assertThat(server.clients()).hasSize(1);
            client.hangUp();
            Eventually.holds("hung up", () -> !server.clients().getFirst().isOpen());
            client.put("/d", soon());
            client.put("/e", soon());
            Eventually.holds("one each", () -> server.clients().size() == 3);
            assertThat(server.requests()).hasSize(5);
        }
    }

    @Test
    void aSharedConnectionThatTheVmmGaveUpIsMadeAnew() throws Exception {
        try (var server = server(DONE)) {
            server.hangUpAfterwards();
            client.awaitListener(soon());
            for (var i = 1; i <= 3; i++) {
                client.put("/a", soon());
                int last = i - 1;
                Eventually.holds("given up", () -> !server.clients().get(last).isOpen());
            }
            assertThat(server.clients()).hasSize(3);
        }
    }

    @Test
    void closingEndsASharedConnectionAtRest() throws Exception {
        try (var server = server(DONE)) {
            server.goOnAfterwards();
            client.awaitListener(soon());
            client.put("/a", soon());
            client.close();
            Eventually.holds("hung up", () -> !server.clients().getFirst().isOpen());
        }
    }

    private static String answer(int status, String body) {
        return "HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, body.getBytes(UTF_8).length, body);
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private static DriverException failure(ThrowingCallable call) {
        var failure = catchThrowableOfType(DriverException.class, call);
        assertThat(failure).isNotNull();
        return failure;
    }

    private static long descriptors() throws IOException {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.count();
        }
    }

    /// A socket of an earlier listener, which answers nobody.
    private static void leaveBehind(Path socket) throws IOException {
        Files.delete(socket);
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
    }

    private ScriptedListener server(String words) throws IOException {
        return new ScriptedListener(socket, words);
    }
}
