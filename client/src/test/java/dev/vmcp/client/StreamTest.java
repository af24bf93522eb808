package dev.vmcp.client;

import static dev.vmcp.client.HostClientTest.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.api.host.v1.ReadConsoleResponse;
import dev.vmcp.api.host.v1.WatchVmsRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StreamTest {
    private static final String READ = "/vmcp.host.v1.HostService/ReadConsole";

    private SmallHost host;
    private HostClient client;

    @BeforeEach
    void start() throws IOException {
        host = SmallHost.plain();
        client = HostClient.of(host.endpoint(), TlsFiles.NONE, "");
    }

    @AfterEach
    void stop() {
        client.close();
        host.close();
    }

    @Test
    void messagesArriveOneByOneUntilTheEnd() {
        host.on(
                READ,
                exchange -> {
                    try (var out = SmallHost.stream(exchange)) {
                        for (var i = 0; i < 100; i++) {
                            out.write(SmallHost.envelope(0, printed("line " + i)));
                        }
                        out.write(SmallHost.end("{}"));
                    }
                });

        try (var stream = client.readConsole(request())) {
            for (var i = 0; i < 100; i++) {
                assertThat(stream.next().orElseThrow().getData().toStringUtf8())
                        .isEqualTo("line " + i);
            }
            assertThat(stream.next()).isEmpty();
            assertThat(stream.next()).isEmpty();
        }
    }

    @Test
    void aStreamThatEndedWellLeavesItsConnectionToTheNext() {
        host.on(
                READ,
                exchange -> {
                    try (var out = SmallHost.stream(exchange)) {
                        out.write(SmallHost.end("{\"metadata\":{}}"));
                    }
                });

        for (var i = 0; i < 3; i++) {
            try (var stream = client.readConsole(request())) {
                assertThat(stream.next()).isEmpty();
            }
        }

        assertThat(host.connections).hasSize(3);
        assertThat(host.connections.stream().distinct()).hasSize(1);
    }

    @Test
    void anErrorAtTheEndComesAfterTheMessages() {
        host.on(
                READ,
                exchange -> {
                    try (var out = SmallHost.stream(exchange)) {
                        out.write(SmallHost.envelope(0, printed("last words")));
                        out.write(
                                SmallHost.end(
                                        "{\"error\":{\"code\":\"not_found\",\"message\":\"gone\"}}"));
                    }
                });

        try (var stream = client.readConsole(request())) {
            assertThat(stream.next()).isPresent();
            var failure = failureOf(stream::next);
            assertThat(failure.code()).isEqualTo(Code.NOT_FOUND);
            assertThat(failure.message()).isEqualTo("gone");
        }
    }

    @Test
    void aStreamThatBreaksOffIsNoEnd() {
        host.on(
                READ,
                exchange -> {
                    try (var out = SmallHost.stream(exchange)) {
                        out.write(SmallHost.envelope(0, printed("half")), 0, 7);
                    }
                });

        try (var stream = client.readConsole(request())) {
            assertThat(failureOf(stream::next).code()).isEqualTo(Code.UNAVAILABLE);
        }
    }

    @Test
    void aCompressedOrHugeMessageIsRefused() {
        host.on(
                READ,
                exchange -> {
                    try (var out = SmallHost.stream(exchange)) {
                        out.write(SmallHost.envelope(1, new byte[3]));
                    }
                });
        host.on(
                "/vmcp.host.v1.HostService/WatchVms",
                exchange -> {
                    try (var out = SmallHost.stream(exchange)) {
                        out.write(new byte[] {0, 127, 127, 127, 127});
                    }
                });

        try (var stream = client.readConsole(request())) {
            assertThat(failureOf(stream::next).message()).contains("compressed");
        }
        try (var stream = client.watchVms(WatchVmsRequest.getDefaultInstance())) {
            assertThat(failureOf(stream::next).message()).contains("more than 16777216 bytes");
        }
    }

    @Test
    void closingEndsAReadThatWaits() throws Exception {
        var opened = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        host.on(
                READ,
                exchange -> {
                    var out = SmallHost.stream(exchange);
                    out.write(SmallHost.envelope(0, printed("hello")));
                    out.flush();
                    opened.countDown();
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        var stream = client.readConsole(request());
        assertThat(stream.next()).isPresent();
        var waiting =
                CompletableFuture.supplyAsync(stream::next, task -> Thread.ofVirtual().start(task));

        opened.await();
        stream.close();

        assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(Optional.empty());
        over.countDown();
    }

    private static ReadConsoleRequest request() {
        return ReadConsoleRequest.newBuilder().setVmId("web-1").setFollow(true).build();
    }

    private static byte[] printed(String text) {
        return ReadConsoleResponse.newBuilder()
                .setData(ByteString.copyFromUtf8(text))
                .build()
                .toByteArray();
    }
}
