package dev.vmcp.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vmcp.platform.http.WebReply;
import io.grpc.protobuf.services.HealthStatusManager;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RpcServerTest {

    @Test
    void healthAnswersOverConnect() throws Exception {
        try (var rig = new Rig(b -> b.service(new HealthStatusManager().getHealthService()))) {
            var path = "/grpc.health.v1.Health/Check";

            assertThat(rig.json(path, "{}").body()).isEqualTo("{\"status\":\"SERVING\"}");
            assertThat(rig.json(path, "{\"service\":\"no\"}").body()).contains("not_found");
        }
    }

    @Test
    void reflectionListsTheServicesWhenAskedFor() throws Exception {
        var ask = "{\"listServices\":\"\"}".getBytes(StandardCharsets.UTF_8);
        try (var with = new Rig(RpcServerBuilder::reflection);
                var without = new Rig()) {
            for (var version : new String[] {"v1", "v1alpha"}) {
                var path = "/grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo";
                var answer =
                        Calls.h2(with, path, "application/connect+json", Wire.envelope(0, ask));
                assertThat(answer.contentUtf8()).contains("grpc.reflection.v1.ServerReflection");
                assertThat(
                                Calls.h2(
                                                without,
                                                path,
                                                "application/connect+json",
                                                Wire.envelope(0, ask))
                                        .status()
                                        .code())
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void plainRoutesStandBesideTheCalls() throws Exception {
        try (var rig =
                new Rig(b ->
                        b.route("/health", r -> WebReply.json(503, "{}").with("x-a", "b"))
                                .routesUnder(
                                        "/files/",
                                        r -> WebReply.text(200, r.path() + r.query())))) {
            var health = rig.get("/health?x=1");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.headers().firstValue("x-a")).hasValue("b");
            assertThat(rig.get("/files/a/b?c=d").body()).isEqualTo("/files/a/b{c=d}");
            assertThat(rig.get("/nothing").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void methodsOnTheEventLoopAnswerTheSame() throws Exception {
        try (var rig = new Rig(b -> b.onEventLoop(EchoService.DESCRIBE, EchoService.WATCH))) {
            assertThat(rig.json("Describe", "{\"api\":{}}").body()).isEqualTo("{\"api\":{}}");
            assertThat(
                            rig.post("Describe", "application/json", BodyPublishers.ofString("{"))
                                    .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void aUnixSocketServesTheSame(@TempDir Path dir) throws Exception {
        var path = dir.resolve("api.sock");
        try (var rig = new Rig(b -> b.bindUnix(path));
                var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            var request =
                    "POST /test.Echo/Describe HTTP/1.1\r\nhost: anything\r\nconnection: close\r\n"
                            + "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            var answer = ByteBuffer.allocate(4096);
            while (channel.read(answer) >= 0) {
                assertThat(answer.hasRemaining()).isTrue();
            }

            assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("{}");
            assertThat(rig.server.addresses()).contains(UnixDomainSocketAddress.of(path));
        }
    }

    @Test
    void aTakenPortIsSaidWithItsAddress() throws Exception {
        try (var rig = new Rig()) {
            var second = RpcServer.builder().bind("127.0.0.1", rig.server.port()).build();

            assertThatThrownBy(second::start)
                    .isInstanceOf(ListenException.class)
                    .hasMessageContaining("127.0.0.1:" + rig.server.port());
            second.stop(Duration.ZERO);
        }
    }

    /// Three times, for a machine that is busy just then: what is measured is a wait for nothing.
    @Test
    void aServerWithoutCallsStopsAtOnceWhateverItsDrainTime() throws Exception {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            try (var rig = new Rig()) {
                assertThat(rig.json("Describe", "{}").statusCode()).isEqualTo(200);
                long began = System.nanoTime();
                rig.server.stop(Duration.ofSeconds(20));
                best = Math.min(best, System.nanoTime() - began);
            }
        }
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(1500));
    }
}
