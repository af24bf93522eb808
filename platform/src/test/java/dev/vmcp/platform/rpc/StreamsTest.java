package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class StreamsTest {
    private static final StringValue ANY = StringValue.of("any");

    @Test
    void aSlowReaderMakesTheSenderWaitAndGetsEverythingLater() throws Exception {
        int count = 4000;
        try (var rig = new Rig();
                var socket =
                        Wire.stream(
                                rig.server.port(),
                                "Flood",
                                StringValue.of(Integer.toString(count)))) {
            assertThat(Rig.soon(() -> rig.echo.flooded.get() > 20)).isTrue();
            assertThat(settled(rig)).as("messages sent while nobody reads").isLessThan(count / 2);

            var all = socket.getInputStream().readAllBytes();

            assertThat(all.length).isGreaterThan(count * EchoService.FLOOD_SIZE);
            assertThat(rig.echo.flooded).hasValue(count);
        }
    }

    /// How far the sender came when it came no further.
    private static int settled(Rig rig) throws InterruptedException {
        int[] seen = {-1, 0};
        var _ =
                Rig.soon(() -> {
                    int now = rig.echo.flooded.get();
                    seen[1] = now == seen[0] ? seen[1] + 1 : 0;
                    seen[0] = now;
                    return seen[1] > 100;
                });
        return seen[0];
    }

    @Test
    void aReaderThatLeavesInTheMiddleEndsTheSender() throws Exception {
        try (var rig = new Rig()) {
            try (var socket = Wire.stream(rig.server.port(), "Flood", StringValue.of("1000000"))) {
                assertThat(socket.getInputStream().read()).isPositive();
            }

            assertThat(Rig.soon(() -> rig.server.openCalls() == 0)).isTrue();
            assertThat(rig.echo.flooded.get()).isLessThan(1_000_000);
        }
    }

    @Test
    void aCallerThatLeavesCancelsItsCall() throws Exception {
        try (var rig = new Rig()) {
            try (var socket = Wire.stream(rig.server.port(), "Watch", ANY)) {
                assertThat(Wire.statusLine(socket)).contains("200");
                assertThat(Rig.soon(() -> rig.echo.watching.get() == 1)).isTrue();
            }

            assertThat(Rig.soon(() -> rig.echo.cancelled.get() == 1)).isTrue();
            assertThat(Rig.soon(() -> rig.server.openCalls() == 0)).isTrue();
        }
    }

    @Test
    void fiveHundredOpenStreamsNeedNoThreads() throws Exception {
        var client = client();
        try (var rig = new Rig();
                AutoCloseable _ = client::shutdownNow) {
            watch(client, rig).get(30, TimeUnit.SECONDS).body().close();
            int before = Thread.getAllStackTraces().size();
            var open = new ArrayList<CompletableFuture<HttpResponse<InputStream>>>();
            for (int i = 0; i < 500; i++) {
                open.add(watch(client, rig));
            }
            for (var stream : open) {
                assertThat(stream.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }

            assertThat(rig.echo.watching.get()).isGreaterThanOrEqualTo(500);
            assertThat(Thread.getAllStackTraces()).hasSizeLessThan(before + 20);
        }
    }

    @Test
    void stoppingLetsCallsEndAndThenEndsTheRestAsUnavailable() throws Exception {
        var client = client();
        try (var rig = new Rig();
                AutoCloseable _ = client::shutdownNow) {
            var watch = watch(client, rig).get(30, TimeUnit.SECONDS);
            int port = rig.server.port();
            long start = System.nanoTime();

            rig.server.stop(Duration.ofMillis(300));

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isGreaterThan(Duration.ofMillis(290));
            var end = new String(watch.body().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(end).contains("\"code\":\"unavailable\"");
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void aStoppingServerRefusesNewCalls() throws Exception {
        var client = client();
        try (var rig = new Rig();
                AutoCloseable _ = client::shutdownNow) {
            watch(client, rig).get(30, TimeUnit.SECONDS);
            assertThat(rig.json("Describe", "{}").statusCode()).isEqualTo(200);
            var stop =
                    Thread.startVirtualThread(() -> {
                        try {
                            rig.server.stop(Duration.ofSeconds(3));
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });

            assertThat(Rig.soon(() -> refused(rig))).isTrue();

            stop.join();
        }
    }

    private static boolean refused(Rig rig) {
        try {
            return rig.json("Describe", "{}").statusCode() == 503;
        } catch (IOException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    private static CompletableFuture<HttpResponse<InputStream>> watch(HttpClient client, Rig rig) {
        var request =
                HttpRequest.newBuilder(rig.uri("/test.Echo/Watch"))
                        .header("content-type", "application/connect+proto")
                        .POST(BodyPublishers.ofByteArray(Wire.envelopes(ANY)))
                        .build();
        return client.sendAsync(request, BodyHandlers.ofInputStream());
    }
}
